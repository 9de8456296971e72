// @ts-check
/**
 * What undo costs a task that holds nothing: the life of such a task told to a chain without semundo, with its watcher on
 * every task's own chain (patch 11 of 2006, the default) and on the global one (patch 10), in turns.
 */
import { release } from "node:os";
import { TaskWatchers } from "@task-watchers/chain";
import { createSemundo } from "@task-watchers/semundo";

const ROUNDS = 15;
const LIVES = 200_000;
const EVENTS = 5;

/** Registries by name. @type {Record<string, TaskWatchers>} */
const REGISTRIES = { none: new TaskWatchers() };
for (const variant of /** @type {const} */ (["per-task", "global"])) {
  const watchers = new TaskWatchers();
  watchers.load(createSemundo({ variant, watchers }));
  await watchers.startWatch({ tasks: () => [], writeLine() {} });
  REGISTRIES[variant] = watchers;
}

/** Nanoseconds per event over so many lives. @param {TaskWatchers} watchers */
function measure(watchers) {
  const { chain } = watchers;
  const begin = process.hrtime.bigint();
  for (let pid = 1; pid <= LIVES; pid++) {
    const task = { id: "1.1", pid, tgid: pid, ppid: 1, startNs: 0n };
    void chain.raise({ type: "init", timeNs: 0n }, task);
    void chain.raise({ type: "clone", timeNs: 0n }, task);
    void chain.raise({ type: "exec", timeNs: 0n, exe: "", argv: [], cwd: "", cgroup: "" }, task);
    void chain.raise({ type: "exit", timeNs: 0n, code: 0 }, task);
    void chain.raise({ type: "free", timeNs: 0n }, task);
  }
  return Number(process.hrtime.bigint() - begin) / LIVES / EVENTS;
}

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const names = Object.keys(REGISTRIES);
/** Nanoseconds an event, by name, a figure a round. @type {Map<string, number[]>} */
const times = new Map(names.map((name) => [name, []]));
for (let round = -2; round < ROUNDS; round++) {
  for (let i = 0; i < names.length; i++) {
    const name = names[(i + round + names.length) % names.length] ?? "";
    const watchers = REGISTRIES[name];
    const time = watchers ? measure(watchers) : Number.NaN;
    // The first two rounds are for the compiler.
    if (round >= 0) times.get(name)?.push(time);
  }
}
console.log(`Linux ${release()}, Node.js ${process.version}`);
console.log(`${EVENTS} events of a task that holds nothing, median of ${ROUNDS} paired rounds`);
const base = times.get("none") ?? [];
for (const [name, all] of times) {
  const ratios = all.map((time, i) => time / (base[i] ?? Number.NaN)).toSorted((a, b) => a - b);
  const spread = `${ratios[0]?.toFixed(2)}–${ratios.at(-1)?.toFixed(2)}`;
  console.log(
    `${name.padEnd(10)} ${median(all).toFixed(1).padStart(7)} ns an event   ${median(ratios).toFixed(2)} × none   (${spread})`,
  );
}
process.exit(0);
