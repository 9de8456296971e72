import type { TraceLine } from "@task-watchers/chain";
import { account, type Accounting } from "./accounting.ts";
import { FIGURE_NAMES, type Figures } from "./figures.ts";
import type { DelaysSource, TaskDelays } from "./task-delays.ts";

/** Type of the trace line. */
export const DELAYS_LINE = "delays";

/** What a `delays` line says. */
export interface DelaysRecord {
  /** CLOCK_MONOTONIC, nanoseconds: when the task ended. */
  readonly timeNs: bigint;
  /** Stable id of the task on this boot. */
  readonly task: string;
  readonly pid: number;
  readonly tgid: number;
  /** Process id of the parent at the fork; 0 when not known. */
  readonly ppid: number;
  /** The end was inferred, and how. */
  readonly synthetic?: string;
  readonly source: DelaysSource;
  /** The task was there before the watch; the figures are of its whole life. */
  readonly existing?: true;
  /** From its start to its end, nanoseconds; absent when the end was inferred, or in older traces. */
  readonly elapsedNs?: bigint;
  /** It had several threads: the figures are the sums of theirs. */
  readonly hadThreads?: true;
  /** How many threads it had in all, where that is known. */
  readonly threads?: number;
  /** When it was looked at last; absent when the figures are those of its end. */
  readonly asOfNs?: bigint;
  /** Name at its end, at most 15 bytes. Any text at all: never for a terminal as it is. */
  readonly comm?: string;
  readonly accounting: Accounting;
}

/**
 * The trace line of a task's accounting: every figure by its name, as a decimal string, beside them `asleepNs` and
 * `overlapNs`; `missing` says why a figure is not there.
 */
export function toDelaysLine(delays: TaskDelays): TraceLine {
  const { task, exit, source, existing, asOfNs, comm, accounting } = delays;
  const { elapsedNs, hadThreads, threads } = delays;
  const { shares, overlapNs, missing } = accounting;
  const figures: Record<string, string> = {};
  for (const name of FIGURE_NAMES) {
    const value = accounting[name];
    if (value !== undefined) figures[name] = String(value);
  }
  const rest = { asleepNs: String(shares.asleepNs), overlapNs: String(overlapNs) };
  return {
    type: DELAYS_LINE,
    timeNs: String(exit.timeNs),
    task: task.id,
    pid: task.pid,
    tgid: task.tgid,
    ppid: task.ppid,
    ...(exit.synthetic && { synthetic: exit.synthetic }),
    source,
    ...(existing && { existing }),
    ...(elapsedNs !== undefined && { elapsedNs: String(elapsedNs) }),
    ...(hadThreads && { hadThreads }),
    ...(threads !== undefined && { threads }),
    ...(asOfNs !== undefined && { asOfNs: String(asOfNs) }),
    ...(comm !== undefined && { comm }),
    ...figures,
    ...(accounting.wallNs !== undefined && rest),
    ...(Object.keys(missing).length > 0 && { missing }),
  };
}

/** What the line says; undefined when it is of another type, or not as this version or a later one writes it. */
export function fromDelaysLine(line: TraceLine): DelaysRecord | undefined {
  if (line.type !== DELAYS_LINE) return undefined;
  const { task, synthetic, source, existing, comm, missing = {} } = line;
  const [timeNs, asOfNs] = [count(line["timeNs"]), count(line["asOfNs"])];
  const [elapsedNs, threads] = [count(line["elapsedNs"]), id(line["threads"])];
  const [pid, tgid, ppid] = [id(line["pid"]), id(line["tgid"]), id(line["ppid"])];
  if (timeNs === undefined || typeof task !== "string") return undefined;
  if (pid === undefined || tgid === undefined || ppid === undefined) return undefined;
  if (source !== "taskstats" && source !== "proc") return undefined;
  if (!isReasons(missing)) return undefined;
  const figures: Figures = {};
  for (const name of FIGURE_NAMES) {
    if (line[name] === undefined) continue;
    const value = count(line[name]);
    if (value === undefined) return undefined;
    figures[name] = value;
  }
  return {
    timeNs,
    task,
    pid,
    tgid,
    ppid,
    ...(typeof synthetic === "string" && { synthetic }),
    source,
    ...(existing === true && { existing }),
    ...(elapsedNs !== undefined && { elapsedNs }),
    ...(line["hadThreads"] === true && { hadThreads: true }),
    ...(threads !== undefined && { threads }),
    ...(asOfNs !== undefined && { asOfNs }),
    ...(typeof comm === "string" && { comm }),
    accounting: account(figures, missing),
  };
}

/** At most 64 bits. */
const DECIMAL = /^\d{1,20}$/u;

function count(value: unknown): bigint | undefined {
  return typeof value === "string" && DECIMAL.test(value) ? BigInt(value) : undefined;
}

function id(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function isReasons(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((reason) => typeof reason === "string");
}
