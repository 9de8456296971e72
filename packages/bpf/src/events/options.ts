import { cpus } from "node:os";
import { pageSize } from "@task-watchers/linux";
import type { BpfEvent, BpfLoss } from "./bpf-event.ts";

/** How much memory events may take, and how long. */
export interface BpfSizes {
  /** Bytes of arguments to keep of an exec, 0–1,048,576; what is beyond is cut off and marked (default 65,536). */
  readonly argvBytes?: number;
  /**
   * Bytes of the ring that the kernel writes to, a power of two from the page size up to 1 GiB, more than twice what one exec may
   * take. Locked memory, and resident. Default: 2 MiB for each CPU, from 4 to 32 MiB; 4 MiB are some 60,000 forks or exits.
   */
  readonly ringBytes?: number;
  /** Longest that an event waits before it is read while others come, ms, 1–1000; the longer the cheaper (default 100). */
  readonly latencyMs?: number;
}

/** Where events go, and how much memory they may take. */
export interface BpfEventsOptions extends BpfSizes {
  /** Called for each event, in the order the kernel wrote them; may close. What it throws is thrown on, and nothing is lost. */
  readonly onEvent: (event: BpfEvent) => void;
  /** Called when events were lost, before the first event that came after them. */
  readonly onLost?: (loss: BpfLoss) => void;
  /** Closes when it aborts. */
  readonly signal?: AbortSignal;
}

/** The options that are numbers, checked. */
export interface CheckedSizes {
  readonly argvBytes: number;
  readonly ringBytes: number;
  readonly latencyMs: number;
}

const ARGV_BYTES = 65_536;
const ARGV_LIMIT = 1_048_576;
const RING_LIMIT = 2 ** 30;
const LATENCY_MS = 100;
const RING_BYTES_PER_CPU = 2_097_152;
const LEAST_DEFAULT_RING = 4_194_304;
const MOST_DEFAULT_RING = 33_554_432;

/**
 * Fills in the defaults.
 *
 * @param execBytes what an exec may take in the ring with so many bytes of arguments
 * @throws TypeError for a callback that is none, RangeError for a size out of range
 */
export function checkOptions(
  options: BpfEventsOptions,
  execBytes: (argvBytes: number) => number,
): CheckedSizes {
  const { onEvent, onLost } = options;
  if (typeof onEvent !== "function") {
    throw new TypeError(`onEvent must be a function, not ${typeof onEvent}`);
  }
  if (onLost !== undefined && typeof onLost !== "function") {
    throw new TypeError(`onLost must be a function, not ${typeof onLost}`);
  }
  return checkSizes(options, execBytes);
}

/** As `checkOptions`, without callbacks. @throws RangeError */
export function checkSizes(
  options: BpfSizes,
  execBytes: (argvBytes: number) => number,
): CheckedSizes {
  const { argvBytes = ARGV_BYTES, latencyMs = LATENCY_MS } = options;
  const { ringBytes = ringBytesFor(cpus().length) } = options;
  inRange("argvBytes", argvBytes, 0, ARGV_LIMIT);
  inRange("latencyMs", latencyMs, 1, 1000);
  const least = pageSize();
  inRange("ringBytes", ringBytes, least, RING_LIMIT);
  if ((ringBytes & (ringBytes - 1)) !== 0) {
    throw new RangeError(`ringBytes is ${ringBytes}, must be a power of two`);
  }
  const needed = 2 * execBytes(argvBytes);
  if (ringBytes < needed) {
    throw new RangeError(
      `ringBytes is ${ringBytes}, must be ${needed} at least for argvBytes of ${argvBytes}`,
    );
  }
  return { argvBytes, ringBytes, latencyMs };
}

/** The ring's size where none is given: the more CPUs, the more events while we are busy elsewhere. */
export function ringBytesFor(cpuCount: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(cpuCount * RING_BYTES_PER_CPU));
  return Math.min(MOST_DEFAULT_RING, Math.max(LEAST_DEFAULT_RING, wanted));
}

function inRange(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} is ${value}, must be a whole number from ${least} to ${most}`);
}
