import { setTimeout as sleep } from "node:timers/promises";
import { taskWatchers } from "@task-watchers/chain";
import { watchTasks } from "./watch-tasks.ts";

/** How often modules that still open are looked at, milliseconds. */
const LOOK_MS = 10;
/** How long they may take, milliseconds. */
const OPEN_GRACE_MS = 10_000;

/** Modules that have been warned of. */
const told = new Set<string>();

/**
 * Watches the whole host while the program runs, for the modules of its registry: what the `register` entry of a watcher
 * package does. Neither holds up the program's end nor makes it fail; when there can be no watch, or a module cannot be opened
 * on it, one process warning says so. Where somebody watches already, that watch is used.
 *
 * @param without what the program does without when there can be no watch, in a few words: `"no process events"`
 */
export async function watchInBackground(without: string): Promise<void> {
  try {
    const watch = await watchTasks({ scope: "all" });
    watch.unref();
    process.once("beforeExit", () => void watch.close());
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // Somebody else watches, and drives the same chain.
    if (code !== "EBUSY") {
      const message = error instanceof Error ? error.message : String(error);
      warn(`${without}: ${message}`, typeof code === "string" ? code : undefined);
      return;
    }
  }
  await warnOfFailedModules();
}

/** Those loaded while somebody watches already are opened meanwhile. */
async function warnOfFailedModules(): Promise<void> {
  const until = performance.now() + OPEN_GRACE_MS;
  while (taskWatchers.list().some(({ state }) => state === "opening")) {
    if (performance.now() > until) break;
    await sleep(LOOK_MS);
  }
  for (const { name, state, error } of taskWatchers.list()) {
    if (state !== "failed" || told.has(name)) continue;
    told.add(name);
    warn(`watcher ${name} is off: ${error ?? "it failed"}`);
  }
}

function warn(message: string, code = "ERR_TASK_WATCHERS"): void {
  process.emitWarning(message, { type: "TaskWatchersWarning", code });
}
