import type * as execThread from "@task-watchers/exec-stop/thread";
import { load } from "../load.ts";

/** Has the thread that is to start the command get ready: that takes longer than all the rest, on another CPU. @throws (rejects) ExecStopUnavailableError */
export async function beginThread(): Promise<execThread.ExecThread> {
  const { beginExecThread } = await load<typeof execThread>("@task-watchers/exec-stop/thread");
  return await beginExecThread();
}
