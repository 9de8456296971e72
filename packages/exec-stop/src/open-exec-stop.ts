import { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import { CallSlots } from "./answer/call-slots.ts";
import { ExecListener } from "./answer/exec-listener.ts";
import type { ExecCall } from "./call/exec-call.ts";
import { newCounters } from "./counters.ts";
import { ExecStop } from "./exec-stop.ts";
import { execAbis, execFilter } from "./filter.ts";
import { Guard } from "./guard/guard.ts";
import { checkOptions, type ExecStopOptions } from "./options.ts";
import type { ExecOutcome } from "./outcome/outcome.ts";
import { Outcomes } from "./outcome/outcomes.ts";
import { SpawnWorker } from "./thread/spawn-worker.ts";
import type { ExecTrouble } from "./trouble.ts";
import { unavailable } from "./unavailable.ts";

/**
 * Makes ready to start commands whose every exec stops until it has been looked at. Any user, in any namespace; since Linux 5.5.
 * Only a thread made for it comes under the filter; this process itself, and what else it starts, does not.
 *
 * @throws (rejects) ExecStopUnavailableError, with nothing changed; TypeError or RangeError for a bad option
 */
export async function openExecStop(options: ExecStopOptions): Promise<ExecStop> {
  const { onExec, onOutcome, onTrouble, deadlineMs, limits, others, guards, thread } =
    checkOptions(options);
  const abis = process.platform === "linux" ? execAbis(process.arch) : [];
  if (abis.length === 0) throw unavailable("ENOSYS");
  const counters = newCounters();
  const trouble = (trouble: ExecTrouble): void => {
    // Whoever reports troubles by throwing gets it as any callback's error: uncaught, and nothing stands still for it.
    queueMicrotask(() => onTrouble(trouble));
  };
  const worker = thread?.take() ?? (await SpawnWorker.start(execFilter(abis, others?.numbers)));
  const begun = await worker.begun;
  worker.whenLost((error) => trouble({ kind: "thread", message: error.message, cause: error }));
  const listener = new FileDescriptor(begun.listener);
  let slots: CallSlots | undefined;
  try {
    slots = new CallSlots();
    const unguarded = (): void => {
      const message =
        "should this process be killed, later execs of the tree will fail with ENOSYS";
      trouble({ kind: "unguarded", message });
    };
    const guard = await Guard.start(listener, slots.file, guards, unguarded);
    if (guard.kind === "none") unguarded();
    const numbers = abis.flatMap(({ execve, execveat }) => [execve, execveat]);
    const tell = (call: ExecCall, outcome: ExecOutcome): void => {
      try {
        onOutcome?.(call, outcome);
      } catch (cause) {
        counters.thrown++;
        trouble({ kind: "thrown", message: `onOutcome failed: ${String(cause)}`, call, cause });
      }
    };
    const outcomes = onOutcome && new Outcomes(tell, numbers);
    const handling = { abis, onExec, deadlineMs, limits, counters, trouble, outcomes, others };
    const answers = new ExecListener(listener, slots, handling);
    const { losesSetuid, waitsKillable, threadId } = begun;
    const parts = { worker, listener, slots, answers, guard, outcomes, counters };
    return new ExecStop({ ...parts, losesSetuid, waitsKillable, threadId });
  } catch (error) {
    worker.end();
    slots?.close();
    listener.close();
    throw error;
  }
}
