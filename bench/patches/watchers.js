// @ts-check
/** Watchers that do the least there is to do. */
import { setImmediate } from "node:timers/promises";

/** @typedef {import("@task-watchers/chain").TaskWatchers} TaskWatchers */

/** What they have heard. */
export const counting = { events: 0 };

const count = () => {
  counting.events++;
};

/** Counts every event of every task. */
export function counter() {
  const ops = { init: count, clone: count, exec: count, uid: count, gid: count };
  return { name: "counter", ...ops, exit: count, free: count };
}

/** One that sleeps on the chain: no task's next event is told before it has answered. */
export function blocking() {
  const sleep = async () => {
    await setImmediate();
  };
  return { name: "sleeper", exec: sleep, exit: sleep };
}

/** A watcher on the chain of each task. @param {TaskWatchers} watchers */
export function registerOnEachTask(watchers) {
  const own = { name: "of this task", exec: count, exit: count };
  watchers.register({
    name: "per task",
    init(_event, task) {
      watchers.registerOn(task, own);
    },
  });
}
