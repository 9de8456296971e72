import type { ExitEvent, Task } from "@task-watchers/chain";
import { isUnavailable, type Unavailable } from "@task-watchers/linux/procfs";
import type { Sampled } from "../procfs/proc-sampler.ts";
import { account, type Accounting } from "./accounting.ts";
import type { Counted } from "./arrival.ts";
import { type FigureName, FIGURE_NAMES, type Figures } from "./figures.ts";
import type { Seat } from "./seat.ts";
import type { Switched } from "./switch-watch.ts";

/** Where figures come from: the kernel's record of the exit, or looks at /proc. */
export type DelaysSource = "taskstats" | "proc";

/** What a task took, and what it waited for, at its end. */
export interface TaskDelays {
  readonly task: Task;
  readonly exit: ExitEvent;
  readonly source: DelaysSource;
  /** It was there before the watch: the figures are of its whole life, not only of what was watched. */
  readonly existing?: true;
  /** From its start to its end, nanoseconds; absent when its end was inferred. */
  readonly elapsedNs?: bigint;
  /** It had several threads: its figures are the sums of theirs, `wallNs` too. */
  readonly hadThreads?: true;
  /** How many threads it had in all; absent when they were not all seen. */
  readonly threads?: number;
  /** CLOCK_MONOTONIC, nanoseconds: when it was looked at last; absent when the figures are those of its end. */
  readonly asOfNs?: bigint;
  /** Name at its end, at most 15 bytes, where the record has it: any text at all, never for a terminal as it is. */
  readonly comm?: string;
  readonly accounting: Accounting;
}

/** What is only counted of a task that began while delay accounting was on. */
export const SWITCHED: ReadonlySet<FigureName> = new Set([
  "blkioNs",
  "swapinNs",
  "reclaimNs",
  "thrashingNs",
  "compactNs",
  "wpcopyNs",
  "irqNs",
]);

/** What else is known of a task at its end. */
export interface SeatEnd {
  /** Why only a part is known; undefined when its record is there. */
  readonly reason: string | undefined;
  readonly switched: Switched;
}

/** A task whose record is there, or of which only a part is known. */
export function fromSeat(seat: Seat, exit: ExitEvent, { reason, switched }: SeatEnd): TaskDelays {
  const counted = seat.total();
  const { threadCount } = seat;
  const missing: Record<string, string> = reason === undefined ? {} : { record: reason };
  return {
    task: seat.task,
    exit,
    source: "taskstats",
    ...(seat.existing && { existing: true }),
    ...elapsedOf(seat.task, exit),
    ...(seat.hadThreads && { hadThreads: true }),
    ...(threadCount !== undefined && { threads: threadCount }),
    ...(seat.comm !== undefined && { comm: seat.comm }),
    accounting:
      counted === undefined
        ? account({}, missing)
        : accountSwitched(counted, switched, { absent: "old-kernel", missing }),
  };
}

/** A task that is looked at. */
export interface LookedAt {
  readonly task: Task;
  /** It was there before the watch. */
  readonly existing: boolean;
}

/** A task as it was seen in /proc. */
export function fromLooks(
  { task, existing: isExisting }: LookedAt,
  exit: ExitEvent,
  seen: Sampled | Unavailable,
  switched: Switched,
): TaskDelays {
  const base = { task, exit, source: "proc", ...elapsedOf(task, exit) } as const;
  const existing = isExisting && ({ existing: true } as const);
  if (isUnavailable(seen)) {
    return { ...base, ...existing, accounting: account({}, { record: seen.missing }) };
  }
  const { reasons, asOfNs } = seen;
  const lateNs = asOfNs - exit.timeNs;
  // Looked at after its end, it shows all of it, and goes on growing old.
  const figures = lateNs < 0n ? seen.figures : younger(seen.figures, lateNs);
  const isDelayed = (figures.blkioNs ?? 0n) > 0n;
  const counted = { figures, isDelayed };
  const rest = { absent: "not-in-proc", missing: reasons };
  const accounting = accountSwitched(counted, switched, rest);
  const hadThreads = seen.hadThreads && ({ hadThreads: true } as const);
  return { ...base, ...existing, ...hadThreads, ...(lateNs < 0n && { asOfNs }), accounting };
}

/** Of a synthetic end the time is when it was found out. */
function elapsedOf({ startNs }: Task, { timeNs, synthetic }: ExitEvent) {
  const elapsedNs = timeNs > startNs ? timeNs - startNs : 0n;
  return synthetic === undefined ? { elapsedNs } : {};
}

function younger(figures: Readonly<Figures>, byNs: bigint): Figures {
  const { wallNs } = figures;
  return wallNs === undefined
    ? figures
    : { ...figures, wallNs: wallNs > byNs ? wallNs - byNs : 0n };
}

/** Why figures are absent. */
export interface Absence {
  /** Those of which nothing else is known. */
  readonly absent: string;
  readonly missing: Readonly<Record<string, string>>;
}

/**
 * The accounting of what was counted. A zero that nobody counted is no figure: without delay accounting the kernel leaves
 * them so. Only a wait that was counted proves that it was on, where that is not known; where it was off for a part of the
 * time, even that is not all.
 */
export function accountSwitched(
  { figures, isDelayed }: Counted,
  switched: Switched,
  { absent, missing }: Absence,
): Accounting {
  const isOff = switched === "changed" || (!isDelayed && switched !== "on");
  // With a kernel of today and the switch on, nothing is missing.
  const isWhole = !isOff && FIGURE_NAMES.every((name) => figures[name] !== undefined);
  if (isWhole && Object.keys(missing).length === 0) return account(figures);
  const known: Figures = {};
  const reasons: Record<string, string> = { ...missing };
  const switchedOff = switched === "off" ? "switched-off" : "perhaps-switched-off";
  for (const name of FIGURE_NAMES) {
    const value = figures[name];
    if (value === undefined) {
      reasons[name] ??= absent;
    } else if (isOff && SWITCHED.has(name)) {
      reasons[name] = switchedOff;
    } else {
      known[name] = value;
      // What is there is not missing.
      delete reasons[name];
    }
  }
  return account(known, reasons);
}
