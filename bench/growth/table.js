// @ts-check
/** What an event costs the table of live tasks as these grow in number: a script stands in for the kernel. */
import { TaskWatchers } from "@task-watchers/chain";
import { PROC_EVENT_EXIT, PROC_EVENT_FORK, watchTasks } from "@task-watchers/tasks";
import { perCall } from "./chain.js";

/** @typedef {import("@task-watchers/tasks").EventSink} EventSink */
/** @typedef {import("@task-watchers/tasks").OpenEventSource} OpenEventSource */
/**
 * @typedef {object} TableCost
 * @property {number} tasks
 * @property {number} addNs a fork, while they are made one after the other
 * @property {number} lifeNs fork and exit of one task more
 * @property {number} bytes of heap, a task
 */

/** Beyond what the kernel gives: none of these is in /proc. */
const FIRST_PID = 10_000_000;
/** Kernel's clock ticks are 100 a second; tasks with a pid of their own need no other difference. */
let timeNs = process.hrtime.bigint();

/** @param {number} tasks @param {number} budgetMs of each figure @returns {Promise<TableCost>} */
export async function measureTable(tasks, budgetMs) {
  const watchers = new TaskWatchers();
  let ended = 0;
  watchers.register({
    name: "count",
    exit() {
      ended++;
    },
  });
  /** @type {EventSink | undefined} */
  let opened;
  const watch = await watchTasks({
    ...{ scope: "all", watchers },
    events: (sink) => {
      opened = sink;
      return silentSource();
    },
  });
  const sink = opened;
  if (sink === undefined) throw new Error("the watch opened no source");
  const before = heapBytes();
  const begin = performance.now();
  for (let i = 0; i < tasks; i++) fork(sink, FIRST_PID + i);
  const addNs = ((performance.now() - begin) * 1e6) / tasks;
  const bytes = (heapBytes() - before) / tasks;
  if (watch.size < tasks) throw new Error(`the table has ${watch.size} tasks, not ${tasks}`);
  let lives = 0;
  const lifeNs = perCall(budgetMs, () => {
    const pid = FIRST_PID + tasks + (lives++ % 1000);
    fork(sink, pid);
    sink.event(PROC_EVENT_EXIT, pid, pid, 0, 17, ++timeNs, 0, 0);
  });
  if (ended !== lives) throw new Error(`${ended} of ${lives} ends were told`);
  await watch.close();
  return { tasks, addNs, lifeNs, bytes };
}

/** A child of this process. @param {EventSink} sink @param {number} pid */
function fork(sink, pid) {
  sink.event(PROC_EVENT_FORK, pid, pid, process.pid, process.pid, ++timeNs, 0, 0);
}

/** @returns {ReturnType<OpenEventSource>} */
function silentSource() {
  const nothing = () => {};
  return {
    name: "script",
    ...{ start: nothing, drain: nothing, drainAll: nothing, setNotices: nothing },
    counters: () => ({ received: 0, lost: 0 }),
    ...{ ref: nothing, unref: nothing, close: nothing },
  };
}

function heapBytes() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
