/**
 * `node --import @task-watchers/semundo/register app.js`: the ends of holders are also heard of as task events while the program
 * runs. Neither holds up the program's end nor makes it fail. @module
 */
import { watchTasks } from "@task-watchers/tasks";
import { loadSemundo } from "./undo/shared.ts";

loadSemundo();

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
  process.emitWarning(`ends of holders come by pidfd alone: ${message}`, {
    type: "TaskWatchersWarning",
    code,
  });
}
