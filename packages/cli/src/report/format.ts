import { constants } from "node:os";
import type { ExitEvent } from "@task-watchers/chain";

const SIGNAL_NAMES = new Map<number, string>(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);

/** `"SIGKILL"` for 9. Real-time signals have no name of their own: `"SIG40"`. */
export function signalName(signal: number): string {
  return SIGNAL_NAMES.get(signal) ?? `SIG${signal}`;
}

/** How a task ended, in a word or two: `"0"`, `"7"`, `"SIGSEGV, core dumped"`, `"unknown (reconciled)"`. */
export function describeEnd(
  event: Pick<ExitEvent, "code" | "signal" | "coreDumped" | "status">,
): string {
  if (event.code !== undefined) return String(event.code);
  if (event.signal === undefined) return `unknown (${event.status?.missing ?? "not told"})`;
  return event.coreDumped ? `${signalName(event.signal)}, core dumped` : signalName(event.signal);
}

const UNITS = [
  ["µs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
] as const;

/** A duration with three significant figures and its unit. */
export function formatDuration(ns: bigint): string {
  const n = Number(ns);
  for (const [unit, size] of UNITS) {
    // 999.6 ms is a second.
    if (n < 999.5 * size && !(unit === "s" && n >= 99.5 * size)) {
      return `${significant(n / size)} ${unit}`;
    }
  }
  const seconds = Math.round(n / 1e9);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Thousands set apart. Not by Intl, which takes 20 ms to load. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/gu, ",");
}

/** A count with its noun: `"1 task"`, `"12,000 tasks"`. */
export function count(n: number, noun: string, plural: string = `${noun}s`): string {
  return `${grouped(n)} ${n === 1 ? noun : plural}`;
}

function significant(value: number): string {
  if (value < 1) return value.toFixed(2);
  return value >= 99.95 ? value.toFixed(0) : value.toPrecision(3);
}
