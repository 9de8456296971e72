import type { Task, TraceLine } from "@task-watchers/chain";
import type { Frame } from "../symbols/frame.ts";
import { hotFunctions } from "./hot-functions.ts";
import type { Tally } from "./tally.ts";

/** Type of the trace line. */
export const SAMPLES_LINE = "samples";

/** A function that was found running. */
export interface HotFunction {
  /** As it stands in its file, C++ and Rust names mangled; any text at all, never for a terminal as it is. */
  readonly name: string;
  /** Path of its file, `[kernel]` and the like; any text at all. */
  readonly module: string;
  readonly samples: number;
  /** CPU time of the function itself, nanoseconds. */
  readonly selfNs: bigint;
}

/** What a `samples` line says. */
export interface SamplesRecord {
  /** CLOCK_MONOTONIC, nanoseconds: when the task ended, or the watch. */
  readonly timeNs: bigint;
  /** Stable id of the task on this boot. */
  readonly task: string;
  readonly pid: number;
  readonly tgid: number;
  /** The task outlived the watch. */
  readonly alive?: true;
  /** What it ran last, as samples are grouped. Any text at all. */
  readonly command: string;
  readonly samples: number;
  /** CPU time that they stand for, nanoseconds. */
  readonly cpuNs: bigint;
  /** The part of it in user space. */
  readonly userNs: bigint;
  /** The part of it in the kernel. */
  readonly kernelNs: bigint;
  /** Those that took the most time themselves, at most ten, the most first. */
  readonly functions: readonly HotFunction[];
}

/** Functions that a line names. */
const FUNCTIONS = 10;

/** What there is to say of a task. */
export interface SampledTask {
  readonly task: Task;
  readonly timeNs: bigint;
  readonly isAlive: boolean;
  readonly command: string;
  readonly tally: Tally;
  readonly frames: readonly Frame[];
}

/** The record of a task at its end. */
export function samplesRecord(sampled: SampledTask): SamplesRecord {
  const { task, timeNs, isAlive, command, tally, frames } = sampled;
  const [userNs, kernelNs] = [whole(tally.userNs), whole(tally.kernelNs)];
  return {
    timeNs,
    task: task.id,
    pid: task.pid,
    tgid: task.tgid,
    ...(isAlive && { alive: true }),
    command,
    samples: tally.samples,
    cpuNs: userNs + kernelNs,
    userNs,
    kernelNs,
    functions: hotFunctions(tally, frames, FUNCTIONS).map(({ frame, samples, ns }) => ({
      name: frame.name,
      module: frame.module,
      samples,
      selfNs: whole(ns),
    })),
  };
}

/** The trace line of a task's samples. Times as decimal strings. */
export function toSamplesLine(record: SamplesRecord): TraceLine {
  const { timeNs, cpuNs, userNs, kernelNs, functions, ...rest } = record;
  return {
    type: SAMPLES_LINE,
    timeNs: String(timeNs),
    ...rest,
    cpuNs: String(cpuNs),
    userNs: String(userNs),
    kernelNs: String(kernelNs),
    functions: functions.map(({ selfNs, ...named }) => ({ ...named, selfNs: String(selfNs) })),
  };
}

/** What the line says; undefined when it is of another type, or not as this version or a later one writes it. */
export function fromSamplesLine(line: TraceLine): SamplesRecord | undefined {
  if (line.type !== SAMPLES_LINE) return undefined;
  const { task, alive, command } = line;
  const [pid, tgid, samples] = [id(line["pid"]), id(line["tgid"]), id(line["samples"])];
  const [timeNs, cpuNs] = [count(line["timeNs"]), count(line["cpuNs"])];
  const [userNs, kernelNs] = [count(line["userNs"]), count(line["kernelNs"])];
  const functions = functionsOf(line["functions"]);
  if (typeof task !== "string" || typeof command !== "string") return undefined;
  if (pid === undefined || tgid === undefined || samples === undefined) return undefined;
  if (timeNs === undefined || cpuNs === undefined) return undefined;
  if (userNs === undefined || kernelNs === undefined || functions === undefined) return undefined;
  return {
    ...{ timeNs, task, pid, tgid },
    ...(alive === true && { alive }),
    ...{ command, samples, cpuNs, userNs, kernelNs, functions },
  };
}

function functionsOf(value: unknown): HotFunction[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const functions: HotFunction[] = [];
  for (const entry of value as readonly unknown[]) {
    if (typeof entry !== "object" || entry === null) return undefined;
    const { name, module, samples, selfNs } = entry as Readonly<Record<string, unknown>>;
    const [n, ns] = [id(samples), count(selfNs)];
    if (typeof name !== "string" || typeof module !== "string") return undefined;
    if (n === undefined || ns === undefined) return undefined;
    functions.push({ name, module, samples: n, selfNs: ns });
  }
  return functions;
}

/** At most 64 bits. */
const DECIMAL = /^\d{1,20}$/u;

function count(value: unknown): bigint | undefined {
  return typeof value === "string" && DECIMAL.test(value) ? BigInt(value) : undefined;
}

function id(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function whole(ns: number): bigint {
  return BigInt(Math.round(ns));
}
