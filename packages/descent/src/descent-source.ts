import type {
  ExecCall,
  ExecOutcome,
  ExecStop,
  OtherCalls,
  StoppedCall,
} from "@task-watchers/exec-stop";
import type { ExecStopWatch, WatchedExecHints } from "@task-watchers/exec-stop/watch";
import { openTaskRecords, PerfUnavailableError, type TaskRecords } from "@task-watchers/perf";
import type { OpenEventSource } from "@task-watchers/tasks";
import { notesAbout } from "./notes.ts";
import { checkDescentOptions, type SourceOptions } from "./options.ts";
import { DescentSource } from "./source/descent-source.ts";
import { kindOf, stoppedCalls } from "./tasks/stopped-calls.ts";

/** The events of what an exec stop starts, for whoever opens that stop. */
export interface StoppedDescent {
  /** For `watchTasks({ events })`, once. */
  readonly open: OpenEventSource;
  /** For `others` of the stop's options. */
  readonly others: OtherCalls;
  /** Sentences for the user: what will be incomplete, and why. None when nothing will be. */
  readonly notes: readonly string[];
  /** Whether perf's records are had. If not, it has to be told of the stop's outcomes. */
  readonly hasRecords: boolean;
  /**
   * The stop is open, and a watch too. Before the first command is started.
   *
   * @param onRoot called with the pid of each command just before its fork is told: the place to follow it
   * @throws PerfUnavailableError when records were to be had a moment before
   */
  attach(stop: ExecStop, onRoot: (pid: number) => void): void;
  /** To be called first of all in `onExec`. */
  stopped(call: ExecCall): void;
  /** To be called in `onOutcome`. */
  outcome(call: ExecCall, outcome: ExecOutcome): void;
  /** Does both around a watch, before `attach`; for `PreparedExecStop.begin()` of `@task-watchers/exec-stop/watch`. */
  around(watch: ExecStopWatch): ExecStopWatch;
  close(): void;
}

/** Makes a source of events that goes with an exec stop. @throws TypeError or RangeError for a bad option */
export function descentSource(options: SourceOptions = {}): StoppedDescent {
  checkDescentOptions(options);
  const { exits = true, perf = true, ringPages } = options;
  const refusal = perf ? refusalOf(ringPages) : undefined;
  const hasRecords = perf && refusal === undefined;
  let source: DescentSource | undefined;
  let records: TaskRecords | undefined;
  let ownThread = 0;
  let isAround = false;
  const stopped = (call: ExecCall): void => source?.stoppedExec(call);
  const outcome = (call: ExecCall, what: ExecOutcome): void => source?.outcome(call, what);
  return {
    hasRecords,
    notes: notesAbout({ byRecords: hasRecords, refusal, exits }),
    stopped,
    outcome,
    open(sink) {
      if (source) throw new Error("a descent is watched once; open another");
      return (source = new DescentSource(sink));
    },
    others: {
      numbers: (abi) => stoppedCalls(abi, exits ? ["ids", "exit", "wait"] : ["ids"]),
      onCall(call: StoppedCall) {
        // The thread that starts the commands waits for them, too.
        if (call.pid !== ownThread) source?.stoppedCall(kindOf(call.abi, call.number), call);
      },
    },
    attach({ threadId, losesSetuid }, onRoot) {
      if (!source) throw new Error("open a watch on the descent before you start a command");
      ownThread = threadId;
      if (hasRecords) records = recordsOf(threadId, ringPages);
      source.attach({ records, gainsIds: !losesSetuid, tellsExecs: !isAround, onRoot });
    },
    around(watch) {
      isAround = true;
      return aroundWatch(watch, { hasRecords, stopped, outcome });
    },
    close() {
      source?.close();
      records?.close();
    },
  };
}

function aroundWatch(
  watch: ExecStopWatch,
  { hasRecords, stopped, outcome }: Pick<StoppedDescent, "hasRecords" | "stopped" | "outcome">,
): ExecStopWatch {
  return {
    stopped: {
      // Without records the stop's outcomes are all there is.
      confirms: hasRecords && watch.stopped.confirms,
      raise(call: ExecCall, hints: WatchedExecHints) {
        stopped(call);
        return watch.stopped.raise(call, hints);
      },
      late: (call) => watch.stopped.late(call),
      settle(call, what) {
        outcome(call, what);
        watch.stopped.settle(call, what);
      },
    },
  };
}

function recordsOf(threadId: number, ringPages: number | undefined): TaskRecords {
  return openTaskRecords({ threadId, ...(ringPages !== undefined && { ringPages }) });
}

/** Why perf's records are not to be had; undefined when they are. Tried on our own thread, which has forked nothing. */
function refusalOf(ringPages: number | undefined): PerfUnavailableError | undefined {
  try {
    recordsOf(0, ringPages).close();
    return undefined;
  } catch (error) {
    if (error instanceof PerfUnavailableError) return error;
    throw error;
  }
}
