import type { DelayAccountingState } from "../switch/sysctl.ts";
import type { DelaysSource } from "../watcher/task-delays.ts";
import { formatProcesses } from "./format.ts";
import type { RunTotals } from "./run-totals.ts";

/** What notes are about. */
export interface NotesAbout {
  readonly source: DelaysSource | undefined;
  /** Why it is not the better source, and what would help. */
  readonly whyProc: string | undefined;
  readonly switchState: DelayAccountingState;
  readonly totals: RunTotals;
  /** Reading records failed for good, and how. */
  readonly failure: string | undefined;
}

const IN_PROC = "time on a CPU, waits for a CPU and for block I/O, faults, and peak memory";

/** Sentences for the user: where figures come from, which are missing, and what would help. */
export function notesAbout(about: NotesAbout): string[] {
  const { source, whyProc, failure, totals } = about;
  return [
    ...(source === "proc" ? [`figures are from /proc: ${IN_PROC}, as last looked at`] : []),
    ...(whyProc === undefined ? [] : [whyProc]),
    ...switchNotes(about),
    ...(failure === undefined ? [] : [`records of exits ended early: ${failure}`]),
    ...[...totals.missing].map(
      ([reason, n]) => `of ${formatProcesses(n)} ${REASONS[reason] ?? reason}`,
    ),
    ...(totals.overlooked > 0
      ? [`figures of ${formatProcesses(totals.overlooked)} are too small: gone before a last look`]
      : []),
  ];
}

const REASONS: Readonly<Record<string, string>> = {
  lost: "the record was lost, as the kernel's queue was full: ask for more receiveBufferBytes",
  "no-record": "no record came",
  gone: "nothing is known: gone before a look at them",
  overload: "nothing is known: looking would have taken more than 5 % of a CPU",
};

function switchNotes({ switchState, source }: NotesAbout): string[] {
  if (switchState === "on") return [];
  const missing =
    source === "proc"
      ? "waits for block I/O"
      : "waits for block I/O, swap-in, reclaim, thrashing, compaction, copy on write and interrupts";
  if (switchState === "unknown") {
    return [
      `${missing} may be missing: there is no kernel.task_delayacct to tell (before Linux 5.14)`,
    ];
  }
  return [
    `${missing} are not counted, as kernel.task_delayacct is 0, and stand under "asleep"; figures of CPUs are right`,
    "sysctl kernel.task_delayacct=1 counts them, for tasks that begin afterwards: those that run already never get them",
  ];
}
