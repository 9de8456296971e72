// @ts-check
/**
 * Ours, as a process of its own: `watcher.js ROW SOURCE`. Watches every task of the host in the way of that row, as that source
 * tells. Says "ready" when it does; at the end of its input puts everything back, prints its counters and ends.
 */
import { once } from "node:events";
import { TaskWatchers } from "@task-watchers/chain";
import { watchTasks } from "@task-watchers/tasks";
import { CONFIGURATIONS, SOURCES } from "./configurations.js";
import { counter, counting } from "./watchers.js";

// Whoever started us ends us when it is time, also when Ctrl-C came from the terminal to us both.
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"]) process.on(signal, () => {});

const configuration = CONFIGURATIONS[process.argv[2] ?? ""];
const source = SOURCES[process.argv[3] ?? ""];
if (configuration === undefined || source === undefined) {
  const [rows, sources] = [CONFIGURATIONS, SOURCES].map((them) => Object.keys(them).join(", "));
  throw new Error(`watcher.js ROW SOURCE: rows: ${rows}; sources: ${sources}`);
}
const ended = once(process.stdin.resume(), "end");

const watchers = new TaskWatchers({
  onError: (error) => process.stderr.write(`${error.message}\n`),
});
watchers.register(counter());
/** @type {(() => unknown)[]} */
const undo = [];
try {
  const setting = { watchers, options: {}, undo };
  for (const configure of [...source, ...configuration]) await configure(setting);
  const watch = await watchTasks({ scope: "all", watchers, ...setting.options });
  const failed = watchers.list().filter(({ state }) => state === "failed");
  for (const { name, error } of failed) process.stderr.write(`${name}: ${error}\n`);
  if (failed.length === 0) {
    process.stdout.write("ready\n");
    await ended;
  }
  await watch.close();
  const counters = watch.counters();
  const { received, lost } = counters.connector ?? counters.source?.counters ?? {};
  const heard = { events: counting.events, received, lost, dropped: counters.backlogDropped };
  process.stdout.write(`${JSON.stringify(heard)}\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  for (const step of undo.toReversed()) await step();
}
process.exit();
