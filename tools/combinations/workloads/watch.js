// @ts-check
/**
 * Loads the watchers named, watches a small command, unloads them, and ends by itself. Prints one line of JSON.
 *
 *     node watch.js [--enable-audit] [--reload] [--pidfd] name…
 */
import { spawn } from "node:child_process";
import { taskWatchers } from "@task-watchers/chain";
import { watchTasks } from "@task-watchers/tasks";

const options = new Set(process.argv.slice(2).filter((word) => word.startsWith("--")));
const names = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const entries = new Map();
for (const name of names) entries.set(name, await import(`@task-watchers/${name}`));
if (options.has("--enable-audit")) entries.get("audit")?.audit.configure({ enable: true });
const loaded = taskWatchers.list().map((module) => module.name);

/** @type {Record<string, number>} */
const events = {};
/** @type {Record<string, number>} */
const lines = {};
/** @type {(number | undefined)[]} */
const ends = [];
const count = (/** @type {{ type: string }} */ { type }) => {
  events[type] = (events[type] ?? 0) + 1;
};
const registration = taskWatchers.register({
  name: "combination",
  init: count,
  clone: count,
  exec: count,
  exit(event) {
    count(event);
    ends.push(event.code ?? event.signal);
  },
  free: count,
});
const watch = await watchTasks({
  source: options.has("--pidfd") ? "pidfd" : "connector",
  onLine: ({ type }) => {
    lines[type] = (lines[type] ?? 0) + 1;
  },
});
const states = Object.fromEntries(
  taskWatchers.list().map(({ name, state, error }) => [name, error ? `${state}: ${error}` : state]),
);
const busy = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done";
const command = spawn("sh", ["-c", `/bin/true; (sleep 0.05; exit 7) & ${busy}; wait; exit 3`], {
  stdio: "ignore",
});
watch.follow(Number(command.pid));
if (options.has("--reload")) {
  for (const name of loaded) {
    await taskWatchers.unload(name);
    // Each package exports what it registers, by its own name.
    const camelCase = name.replaceAll(/-(.)/gu, (_, letter) => letter.toUpperCase());
    taskWatchers.load(entries.get(name)[camelCase]);
  }
}
await watch.whenIdle();
const { raised, connector } = watch.counters();
await watch.close();
await registration.unregister();
const failures = taskWatchers.list().map(({ errors }) => errors);
for (const { name } of taskWatchers.list()) await taskWatchers.unload(name);
console.log(
  JSON.stringify({
    loaded,
    states,
    events,
    ends,
    lines,
    raised,
    lost: connector?.lost,
    errors: failures.reduce((sum, errors) => sum + errors, 0),
    left: taskWatchers.list().length,
  }),
);
