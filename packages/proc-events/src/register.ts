/**
 * `node --import @task-watchers/proc-events/register app.js`: watches the whole host while the program runs, for whoever
 * subscribes to the diagnostics channels or asks `procEvents`. Neither holds up the program's end nor makes it fail. @module
 */
import { watchTasks } from "@task-watchers/tasks";
import { loadProcEvents } from "./module/shared.ts";

loadProcEvents();

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
  process.emitWarning(`no process events: ${message}`, { type: "TaskWatchersWarning", code });
}
