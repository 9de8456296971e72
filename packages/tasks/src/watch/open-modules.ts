import type { TaskWatchers, Watch } from "@task-watchers/chain";
import { inTime } from "./in-time.ts";

/** How long modules may take to open, milliseconds. */
const OPEN_GRACE_MS = 10_000;

/**
 * Opens the modules of a registry for a watch, in time.
 *
 * @returns what closes them again
 * @throws Error that names the modules which took too long
 */
export async function openModules(
  watchers: TaskWatchers,
  watch: Watch,
): Promise<() => Promise<unknown>> {
  const started = watchers.startWatch(watch);
  const stop = await inTime(started, OPEN_GRACE_MS);
  if (stop !== undefined) return stop;
  // Should they open after all, they are closed again.
  void started.then((late) => late());
  const stuck = watchers.list().filter((module) => module.state === "opening");
  const names = stuck.map((module) => module.name).join(", ");
  throw new Error(`watcher ${names} did not open within ${OPEN_GRACE_MS / 1000} s`);
}
