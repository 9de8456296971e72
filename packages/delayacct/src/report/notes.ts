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
  /** It was on at first, and somebody has turned it off. */
  readonly wasTurnedOff: boolean;
  readonly totals: RunTotals;
  /** Reading records failed for good, and how. */
  readonly failure: string | undefined;
}

const IN_PROC = "time on a CPU, waits for a CPU and for block I/O, faults, and peak memory";

/** Sentences for the user: where figures come from, which are missing, and what would help. */
export function notesAbout(about: NotesAbout): string[] {
  const { source, whyProc, failure, totals } = about;
  return [
    ...(source === "proc"
      ? [`figures are from /proc: ${IN_PROC}, as last looked at; ${NOT_IN_PROC} are not there`]
      : []),
    ...(source === "taskstats" ? ["figures are from taskstats, as of each task's end"] : []),
    ...(whyProc === undefined ? [] : [whyProc]),
    ...switchNotes(about),
    ...(failure === undefined ? [] : [`records of exits ended early: ${failure}`]),
    ...[...totals.missing].map(
      ([reason, n]) => `of ${formatProcesses(n)} ${REASONS[reason] ?? reason}`,
    ),
    ...(totals.overlooked > 0
      ? [
          `figures of ${formatProcesses(totals.overlooked)} are too small or missing: gone, or threads of theirs, before a last look`,
        ]
      : []),
    ...(totals.withThreads > 0
      ? [
          `of ${formatProcesses(totals.withThreads)} with several threads the time is that of all threads added up: more than went by`,
        ]
      : []),
  ];
}

const REASONS: Readonly<Record<string, string>> = {
  lost: "the record was lost, as the kernel's queue was full: ask for more receiveBufferBytes",
  "perhaps-lost": "the record was lost or did not come: records were lost about then",
  ambiguous: "the record is not known: one came, but another task with the same pid may be meant",
  "no-record": "no record came",
  gone: "nothing is known: gone before a look at them",
  overload: "nothing is known: looking would have taken more than 5 % of a CPU",
};

const NOT_IN_PROC = "swap-in, reclaim, thrashing, compaction, copy on write and interrupts";

function switchNotes({ switchState, source, wasTurnedOff }: NotesAbout): string[] {
  const turnedOff = wasTurnedOff
    ? [
        "kernel.task_delayacct was turned off during the watch: waits other than for a CPU are missing of the tasks that lived then",
      ]
    : [];
  if (switchState === "on") return turnedOff;
  const missing = source === "proc" ? "waits for block I/O" : `waits for block I/O, ${NOT_IN_PROC}`;
  if (switchState === "unknown") {
    return [
      `${missing} may be missing: there is no kernel.task_delayacct to tell (before Linux 5.14)`,
    ];
  }
  return [
    ...turnedOff,
    `${missing} are not counted, as kernel.task_delayacct is 0, and stand under "asleep"; figures of CPUs are right`,
    "task-watchers run --enable-delayacct, or sysctl kernel.task_delayacct=1, counts them, for tasks that begin afterwards: those that run already never get them",
  ];
}
