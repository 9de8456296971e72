// @ts-check
/** What is dispatched and who listens: the same for every contender. */
import { runInThisContext } from "node:vm";

/** @typedef {import("@task-watchers/chain").Task} Task */
/** @typedef {import("@task-watchers/chain").TaskEvent} TaskEvent */
/** @typedef {import("@task-watchers/chain").TaskEventName} TaskEventName */
/**
 * An event of the chain, with a number to add up, and with its task for those who carry one value.
 *
 * @typedef {TaskEvent & { readonly serial: number, readonly task: Task }} BenchEvent
 */
/** @typedef {(event: BenchEvent, task: Task) => void} Listener */
/**
 * @typedef {object} Occasion
 * @property {number} code The event's type, as an index
 * @property {BenchEvent} event
 * @property {Task} task
 */

/** So many tasks live at the same time. */
const TASKS = 64;
/** Lives of the mixed program; every event of the chain is in one of them. */
const LIVES = /** @satisfies {TaskEventName[][]} */ ([
  ["init", "clone", "exec", "exit", "free"],
  ["init", "clone", "exec", "exit", "free"],
  ["init", "clone", "exit", "free"],
  ["init", "clone", "uid", "gid", "exec", "exit", "free"],
]);

/**
 * Events by type, with the shapes they have in the program.
 *
 * @type {Record<TaskEventName, (serial: number, task: Task) => BenchEvent>}
 */
const MAKERS = {
  init: (serial, task) => ({ type: "init", timeNs: 1n, serial, task }),
  clone: (serial, task) => ({ type: "clone", timeNs: 1n, serial, task }),
  exec: (serial, task) => ({
    type: "exec",
    timeNs: 1n,
    exe: "/bin/true",
    argv: ["true"],
    cwd: "/",
    cgroup: "/",
    serial,
    task,
  }),
  uid: (serial, task) => ({ type: "uid", timeNs: 1n, ruid: 0, euid: 0, serial, task }),
  gid: (serial, task) => ({ type: "gid", timeNs: 1n, rgid: 0, egid: 0, serial, task }),
  exit: (serial, task) => ({ type: "exit", timeNs: 1n, code: 0, durationNs: 1n, serial, task }),
  free: (serial, task) => ({ type: "free", timeNs: 1n, serial, task }),
};

/** The types of event of a mode, in the order of their codes. @returns {TaskEventName[]} */
export function eventTypes(/** @type {boolean} */ mixed) {
  return mixed ? /** @type {TaskEventName[]} */ (Object.keys(MAKERS)) : ["exec"];
}

/**
 * One type of event over and over, or the lives of tasks, interleaved as on a busy host.
 *
 * @param {boolean} mixed
 * @returns {Occasion[]}
 */
export function makeOccasions(mixed) {
  const types = eventTypes(mixed);
  const tasks = Array.from({ length: TASKS }, (_, index) => ({
    task: makeTask(index),
    life: mixed ? [...(LIVES[index % LIVES.length] ?? [])] : types.slice(),
  }));
  const random = sequence(7);
  const occasions = [];
  while (tasks.length > 0) {
    const index = random() % tasks.length;
    const owner = tasks[index];
    const type = owner?.life.shift();
    if (owner === undefined || type === undefined) {
      tasks.splice(index, 1);
    } else {
      const { task } = owner;
      const event = MAKERS[type](occasions.length, task);
      occasions.push({ code: types.indexOf(type), event, task });
    }
  }
  return occasions;
}

/**
 * Listeners by type of event, every one with source text of its own: V8 would inline closures of
 * one text as if they were one function, and listeners of a program are not.
 *
 * @param {number} types
 * @param {number} watchers
 * @param {boolean} carriesOneValue
 * @returns {{ listeners: Listener[][], heard: Float64Array }} `heard` is what each has added up
 */
export function makeListeners(types, watchers, carriesOneValue) {
  const [parameters, task] = carriesOneValue ? ["event", "event.task"] : ["event, task", "task"];
  const heard = new Float64Array(types * watchers);
  const source = Array.from(
    heard,
    (_, index) => `(${parameters}) => { heard[${index}] += event.serial + ${task}.pid; }`,
  );
  /** @type {Listener[]} */
  const all = runInThisContext(`"use strict"; (heard) => [${source.join()}]`)(heard);
  const listeners = Array.from({ length: types }, (_, type) =>
    all.slice(type * watchers, (type + 1) * watchers),
  );
  return { listeners, heard };
}

/**
 * @param {number} index
 * @returns {Task}
 */
function makeTask(index) {
  const pid = 1000 + index;
  return {
    id: `${pid}.${index}`,
    pid,
    tgid: pid,
    ppid: 1,
    startNs: BigInt(index),
    parent: undefined,
  };
}

/** A repeatable sequence of numbers (Marsaglia's xorshift). @param {number} seed */
function sequence(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
