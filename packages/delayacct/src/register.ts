/**
 * `node --import @task-watchers/delayacct/register app.js`: accounts for every task of the host while the program runs, for
 * whoever asks `delayacct`. Neither holds up the program's end nor makes it fail. @module
 */
import { watchTasks } from "@task-watchers/tasks";
import { loadDelayacct } from "./watcher/shared.ts";

loadDelayacct();

try {
  const watch = await watchTasks({ scope: "all" });
  watch.unref();
  // A poll handle that is still there when Node takes its environment down may end the process with a fatal error.
  process.once("beforeExit", () => void watch.close());
} catch (error) {
  if (!isBusy(error)) warn(error);
}

/** Somebody else watches already, and drives the same chain. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EBUSY";
}

function warn(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string"
      ? error.code
      : "ERR_TASK_WATCHERS";
  process.emitWarning(`no accounting of tasks: ${message}`, { type: "TaskWatchersWarning", code });
}
