import { watchTasks } from "./watch-tasks.ts";

/**
 * Watches the whole host while the program runs, for the modules of its registry: what the `register` entry of a watcher
 * package does. Neither holds up the program's end nor makes it fail; when there can be no watch, one process warning says so.
 * Does nothing where somebody watches already.
 *
 * @param without what the program does without then, in a few words: `"no process events"`
 */
export async function watchInBackground(without: string): Promise<void> {
  try {
    const watch = await watchTasks({ scope: "all" });
    watch.unref();
    process.once("beforeExit", () => void watch.close());
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // Somebody else watches, and drives the same chain.
    if (code === "EBUSY") return;
    const message = error instanceof Error ? error.message : String(error);
    process.emitWarning(`${without}: ${message}`, {
      type: "TaskWatchersWarning",
      code: typeof code === "string" ? code : "ERR_TASK_WATCHERS",
    });
  }
}
