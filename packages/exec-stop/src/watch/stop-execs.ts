import type { ExecCall } from "../call/exec-call.ts";
import type { ExecVerdict } from "../answer/verdict.ts";
import type { ExecStop } from "../exec-stop.ts";
import { execAbis } from "../filter.ts";
import { openExecStop } from "../open-exec-stop.ts";
import type { ExecStopOptions } from "../options.ts";
import { callInProgress } from "../outcome/exec-mark.ts";
import { canTellWhy, expectedFailure, laterFailure } from "../outcome/expected-failure.ts";
import { FoundPrograms } from "../outcome/found-programs.ts";
import type { ExecStopWatch, WatchedExecHints } from "./exec-stop-watch.ts";

/** How execs are stopped for a watch. */
export interface StopExecsOptions extends Omit<ExecStopOptions, "onExec" | "onOutcome"> {
  /** Called when an exec went on because a watcher had not answered by the deadline; with its name, if that is known. */
  readonly onLate?: (call: ExecCall, watcher: string | undefined) => void;
}

/** A stop that is open and has no watch yet. */
export interface PreparedExecStop {
  /** Has the watch hear of every exec; to be called once, before the first command is started. */
  begin(watch: ExecStopWatch): ExecStop;
  close(): Promise<void>;
}

/**
 * Makes ready to start commands, each exec of whose descent is raised on a watch's chain while its task stands still; a watcher
 * may refuse it.
 *
 * @throws (rejects) ExecStopUnavailableError, with nothing changed; TypeError or RangeError for a bad option
 */
export async function stopExecs(
  watch: ExecStopWatch,
  options: StopExecsOptions = {},
): Promise<ExecStop> {
  return (await prepareExecStop(options)).begin(watch);
}

/** The same in two steps, for a program that opens its watch meanwhile. @throws (rejects) as `stopExecs` */
export async function prepareExecStop(options: StopExecsOptions = {}): Promise<PreparedExecStop> {
  const { onLate, onTrouble, ...others } = options;
  let stopped: ExecStopWatch["stopped"] | undefined;
  const found = new FoundPrograms();
  const stop = await openExecStop({
    ...others,
    onExec(call) {
      if (stopped === undefined) return undefined;
      // Without the kernel's word on which execs happen, every one's file is looked for.
      const answer = stopped.raise(call, hintsOf(call, stopped.confirms ? found : undefined));
      return typeof answer === "number" ? verdict(answer) : answer.then(verdict);
    },
    onOutcome(call, outcome) {
      stopped?.settle(call, outcome);
    },
    onTrouble(trouble) {
      const { kind, call } = trouble;
      if (kind === "late" && call !== undefined) onLate?.(call, stopped?.late(call));
      onTrouble?.(trouble);
    },
  });
  return {
    begin(watch) {
      ({ stopped } = watch);
      if (stopped.confirms) stop.forgoOutcomes();
      return stop;
    },
    close: () => stop.close(),
  };
}

const EXEC_NUMBERS: ReadonlySet<number> = new Set(
  execAbis(process.arch).flatMap(({ execve, execveat }) => [execve, execveat]),
);

function hintsOf(call: ExecCall, found: FoundPrograms | undefined): WatchedExecHints {
  const canTell = canTellWhy(call);
  const isTakenForFound = typeof call.path === "string" && found?.has(call.path) === true;
  const expected = canTell ? expectedFailure(call, found) : undefined;
  return {
    whyFailed: () => (canTell ? laterFailure(call, isTakenForFound) : undefined),
    isOver: () => {
      const number = callInProgress(call.pid);
      return number !== undefined && !EXEC_NUMBERS.has(number);
    },
    ...(expected !== undefined && { expected }),
  };
}

// include/linux/notifier.h
const NOTIFY_STOP_MASK = 0x8000;
const NOTIFY_OK = 0x0001;
/** EPERM, for an error that no program may see. */
const EPERM = 1;
/** Codes from here on are the kernel's own (include/linux/errno.h). */
const ERRNO_END = 512;

/** notifier_to_errno(), with the kernel's sign turned. */
function verdict(answer: number): ExecVerdict {
  if ((answer & NOTIFY_STOP_MASK) === 0) return "continue";
  const errno = (answer & ~NOTIFY_STOP_MASK) - NOTIFY_OK;
  if (errno <= 0) return "continue";
  return { errno: errno < ERRNO_END ? errno : EPERM };
}
