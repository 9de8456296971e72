import type { ModelTask } from "../model/trace-model.ts";

/** PID_MAX_LIMIT of a 64-bit kernel (include/linux/threads.h): no pid is as great. */
const PID_MAX_LIMIT = 4_194_304;
/** The process of all tracks: a group a task would be too many to see. Below 2^31: readers have 32 bits for it. */
export const GROUP = 2_000_000_000;

/** An event of the Trace Event Format; times in nanoseconds. */
export interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
  /** Number of the track; absent for what is of all. */
  readonly tid?: number;
  readonly startNs?: number;
  readonly endNs?: number;
  readonly id?: number;
  /** Scope of an instant. */
  readonly s?: string;
  /** `e`: the arrow ends in the slice around it. */
  readonly bp?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** Its JSON. */
export function traceEvent({ ph, name, cat, tid = GROUP, ...rest }: TraceEvent): string {
  const { startNs, endNs, id, s, bp, args } = rest;
  const parts = [`"ph":"${ph}","name":${JSON.stringify(name)},"pid":${GROUP},"tid":${tid}`];
  if (cat !== undefined) parts.push(`"cat":"${cat}"`);
  if (startNs !== undefined) parts.push(`"ts":${micros(startNs)}`);
  if (startNs !== undefined && endNs !== undefined) parts.push(`"dur":${micros(endNs - startNs)}`);
  if (id !== undefined) parts.push(`"id":${id}`);
  if (s !== undefined) parts.push(`"s":"${s}"`);
  if (bp !== undefined) parts.push(`"bp":"${bp}"`);
  if (args !== undefined) parts.push(`"args":${JSON.stringify(args)}`);
  return `{${parts.join(",")}}`;
}

/** Nanoseconds as microseconds in digits: a division would round, and nested slices would no longer nest. */
export function micros(ns: number): string {
  const whole = Math.round(Math.abs(ns));
  const rest = String(whole % 1000).padStart(3, "0");
  return `${ns < 0 ? "-" : ""}${Math.floor(whole / 1000)}.${rest}`;
}

/** A number for each task's track: its pid; where that was used before, raised until it is its own. */
export function trackNumbers(tasks: readonly ModelTask[]): Float64Array {
  const uses = new Map<number, number>();
  const numbers = new Float64Array(tasks.length);
  for (const { index, pid } of tasks) {
    const base = Math.abs(pid) % PID_MAX_LIMIT;
    const before = uses.get(base) ?? 0;
    uses.set(base, before + 1);
    numbers[index] = base + before * PID_MAX_LIMIT;
  }
  return numbers;
}
