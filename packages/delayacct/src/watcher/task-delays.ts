import type { ExitEvent, Task } from "@task-watchers/chain";
import { isUnavailable, type Unavailable } from "@task-watchers/linux/procfs";
import type { Sampled } from "../procfs/proc-sampler.ts";
import { account, type Accounting } from "./accounting.ts";
import type { Counted } from "./arrival.ts";
import { type FigureName, FIGURE_NAMES, type Figures } from "./figures.ts";
import type { Seat } from "./seat.ts";

/** Where figures come from: the kernel's record of the exit, or looks at /proc. */
export type DelaysSource = "taskstats" | "proc";

/** What a task took, and what it waited for, at its end. */
export interface TaskDelays {
  readonly task: Task;
  readonly exit: ExitEvent;
  readonly source: DelaysSource;
  /** It was there before the watch: the figures are of its whole life, not only of what was watched. */
  readonly existing?: true;
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

/** A task whose record is there, or of which only a part is known: then `reason` says why. */
export function fromSeat(seat: Seat, exit: ExitEvent, reason: string | undefined): TaskDelays {
  const counted = seat.total();
  const missing: Record<string, string> = reason === undefined ? {} : { record: reason };
  return {
    task: seat.task,
    exit,
    source: "taskstats",
    ...(seat.existing && { existing: true }),
    ...(seat.comm !== undefined && { comm: seat.comm }),
    accounting:
      counted === undefined
        ? account({}, missing)
        : accountSwitched(counted, seat.wasOn, { absent: "old-kernel", missing }),
  };
}

/** A task as it was seen in /proc. */
export function fromLooks(seat: Seat, exit: ExitEvent, seen: Sampled | Unavailable): TaskDelays {
  const base = { task: seat.task, exit, source: "proc" } as const;
  const existing = seat.existing && ({ existing: true } as const);
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
  const accounting = accountSwitched(counted, seat.wasOn, rest);
  return { ...base, ...existing, ...(lateNs < 0n && { asOfNs }), accounting };
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
 * them so, and only a wait that was counted proves that it was on.
 */
export function accountSwitched(
  { figures, isDelayed }: Counted,
  wasOn: boolean | undefined,
  { absent, missing }: Absence,
): Accounting {
  const known: Figures = {};
  const reasons: Record<string, string> = { ...missing };
  const isOff = !isDelayed && wasOn !== true;
  const switchedOff = wasOn === false ? "switched-off" : "perhaps-switched-off";
  for (const name of FIGURE_NAMES) {
    const value = figures[name];
    if (value === undefined) reasons[name] ??= absent;
    else if (isOff && SWITCHED.has(name)) reasons[name] = switchedOff;
    else known[name] = value;
  }
  return account(known, reasons);
}
