import type { PerfRecord, SampledEvent } from "@task-watchers/perf";

/** Whom to sample. */
export type SamplerTarget =
  /** All that the calling thread starts from now on, from its first exec on, with its descent. Needs nothing. */
  | { readonly kind: "descent" }
  /** Every task of the host. Needs CAP_PERFMON, or kernel.perf_event_paranoid 0. */
  | { readonly kind: "host" }
  /** Processes that run already, with all their threads and their descent. Those of one's own user, or CAP_PERFMON. */
  | { readonly kind: "pids"; readonly pids: readonly number[] };

/** How to sample. */
export interface SamplerOptions {
  readonly target: SamplerTarget;
  /** Samples for a second of CPU time (default 99); at most kernel.perf_event_max_sample_rate. */
  readonly frequencyHz?: number;
  /**
   * `"cycles"`: the CPU's own counter, which also sees what runs with interrupts off, where the machine has one.
   * `"cpu-clock"`: a timer of the kernel, everywhere. `"auto"` (default) is the first that can be had.
   */
  readonly event?: "auto" | SampledEvent;
  /**
   * Sample in the kernel, too. `"auto"` (default): if that is allowed, by CAP_PERFMON or kernel.perf_event_paranoid 1. When
   * not, time in the kernel has no samples.
   */
  readonly kernelStacks?: "auto" | boolean;
  /**
   * Memory for records not read yet, pages for each CPU: a power of two (default 128). Less is taken, and said, when
   * kernel.perf_event_mlock_kb does not allow that much.
   */
  readonly ringPages?: number;
  /** How often the rings are read, milliseconds (default 100); oftener while they fill fast. */
  readonly intervalMs?: number;
  /** Told every record, in order of time, soon after it was made. What it throws is thrown where the rings were read. */
  readonly onRecord: (record: PerfRecord) => void;
}

/** Pages of a ring, at most: 1 GiB with the smallest pages. */
const MOST_PAGES = 262_144;

/** @throws TypeError or RangeError that names the option and what would be right */
export function checkSamplerOptions(options: Omit<SamplerOptions, "onRecord">): void {
  const { target, frequencyHz = 99, event = "auto", kernelStacks = "auto" } = options;
  const { ringPages = 128, intervalMs = 100 } = options;
  checkTarget(target);
  if (!Number.isSafeInteger(frequencyHz) || frequencyHz < 1) {
    throw new RangeError(`frequencyHz must be a whole number, 1 or more, got ${frequencyHz}`);
  }
  if (event !== "auto" && event !== "cpu-clock" && event !== "cycles") {
    throw new TypeError(`event must be "auto", "cpu-clock" or "cycles", got ${String(event)}`);
  }
  if (kernelStacks !== "auto" && typeof kernelStacks !== "boolean") {
    throw new TypeError(`kernelStacks must be "auto", true or false, got ${String(kernelStacks)}`);
  }
  const isPower = Number.isSafeInteger(Math.log2(ringPages));
  if (!isPower || ringPages < 1 || ringPages > MOST_PAGES) {
    throw new RangeError(
      `ringPages must be a power of two from 1 to ${MOST_PAGES}, got ${ringPages}`,
    );
  }
  if (!(intervalMs >= 1 && intervalMs <= 10_000)) {
    throw new RangeError(`intervalMs must be from 1 to 10000, got ${intervalMs}`);
  }
}

function checkTarget(target: unknown): void {
  const { kind, pids } = (target ?? {}) as { readonly kind?: unknown; readonly pids?: unknown };
  if (kind === "descent" || kind === "host") return;
  if (kind !== "pids") {
    throw new TypeError(`target must be of kind "descent", "host" or "pids", got ${String(kind)}`);
  }
  if (!Array.isArray(pids) || pids.length === 0) {
    throw new TypeError("target of kind pids must have pids, a list of at least one");
  }
  for (const pid of pids as readonly unknown[]) {
    if (!Number.isSafeInteger(pid) || (pid as number) <= 0) {
      throw new RangeError(`a pid must be a whole number, 1 or more, got ${String(pid)}`);
    }
  }
}
