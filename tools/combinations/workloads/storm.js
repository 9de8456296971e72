// @ts-check
/**
 * Watches the whole host with the watchers named, unloading and loading one of them every second, until its standard input ends.
 * Prints one line of JSON when it listens, and one at the end.
 *
 *     node --expose-gc storm.js name…
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { taskWatchers } from "@task-watchers/chain";
import { watchTasks } from "@task-watchers/tasks";

const names = process.argv.slice(2);
const over = new AbortController();
process.stdin.on("end", () => over.abort());
process.stdin.resume();
const entries = new Map();
for (const name of names) entries.set(name, await import(`@task-watchers/${name}`));
/** @type {Record<string, number>} */
const told = { init: 0, exit: 0, free: 0, synthetic: 0, existing: 0 };
const count = (/** @type {any} */ event) => {
  if (event.existing) told["existing"] = (told["existing"] ?? 0) + 1;
  else told[event.type] = (told[event.type] ?? 0) + 1;
  if (event.synthetic && event.type === "init" && !event.existing)
    told["synthetic"] = (told["synthetic"] ?? 0) + 1;
};
const registration = taskWatchers.register({
  name: "storm",
  existing: true,
  init: count,
  exit: count,
  free: count,
});

// Once for what stays open for as long as the process lives.
await (await watchTasks({ scope: "all", threads: true })).close();
for (const key of Object.keys(told)) told[key] = 0;
const before = resources();

const forksBefore = forks();
const watch = await watchTasks({ scope: "all", threads: true, onLine() {} });
const forksListening = forks();
let reloads = 0;
console.log(JSON.stringify({ listening: true }));
/** @type {number[]} */
const heap = [];
while (!over.signal.aborted) {
  const name = names[reloads % names.length];
  if (name === undefined) break;
  await taskWatchers.unload(name);
  await sleep(200);
  taskWatchers.load(moduleOf(name));
  reloads++;
  await sleep(800);
  heap.push(resources().megabytes);
}
const forksEnding = forks();
await watch.drain();
const { connector } = watch.counters();
await watch.close();
const forksAfter = forks();
await registration.unregister();
const modules = taskWatchers.list().map(({ name, state, error, errors }) => ({
  name,
  state,
  error: error === undefined ? undefined : String(error),
  errors,
}));
for (const { name } of modules) await taskWatchers.unload(name);
console.log(
  JSON.stringify({
    told,
    lost: connector?.lost,
    deaf: connector?.deaf,
    forks: { least: forksEnding - forksListening, most: forksAfter - forksBefore },
    modules,
    reloads,
    heap,
    before,
    after: resources(),
  }),
);
process.stdin.destroy();

/**
 * What a watcher package registers when it is imported.
 *
 * @param {string} name
 */
function moduleOf(name) {
  const camelCase = name.replaceAll(/-(.)/gu, (_, letter) => letter.toUpperCase());
  return entries.get(name)[camelCase];
}

/** Every fork and thread of the host since it was booted. */
function forks() {
  return Number(/^processes (\d+)$/mu.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
}

function resources() {
  globalThis.gc?.();
  const megabytes = process.memoryUsage().heapUsed / 1e6;
  return { descriptors: descriptors(), megabytes };
}

/** What is open, without the descriptor of the directory that is read to know it. */
function descriptors() {
  return readdirSync("/proc/self/fd").flatMap((number) => {
    try {
      return [readlinkSync(`/proc/self/fd/${number}`)];
    } catch {
      return [];
    }
  });
}
