// @ts-check
/** What the chain's work costs as its watchers grow in number: nanoseconds. */
import { TaskChain } from "@task-watchers/chain";

/**
 * @typedef {object} ChainCost
 * @property {number} watchers
 * @property {number} registerNs one watcher, on average, while they are put on the chain one after the other
 * @property {number} registerLastNs the last one of them, and one more taken off again
 * @property {number} raiseNs an event that all of them want
 * @property {number} unwantedNs an event that none of them wants
 */

const TASK = { id: "1.1", pid: 1, tgid: 1, ppid: 0, startNs: 0n };
/** @type {import("@task-watchers/chain").TaskEvent} */
const EXEC = { type: "exec", timeNs: 0n, exe: "", argv: [], cwd: "", cgroup: "" };
/** @type {import("@task-watchers/chain").TaskEvent} */
const UID = { type: "uid", timeNs: 0n, ruid: 0, euid: 0 };

/** @param {number} watchers @param {number} budgetMs of each figure @returns {ChainCost} */
export function measureChain(watchers, budgetMs) {
  const chain = new TaskChain();
  let heard = 0;
  const exec = () => {
    heard++;
  };
  const registering = nowNs();
  for (let i = 0; i < watchers; i++) chain.register({ name: `watcher ${i}`, exec });
  const registerNs = watchers === 0 ? 0 : (nowNs() - registering) / watchers;
  let more = 0;
  const registerLastNs = perCall(budgetMs, () => {
    const registration = chain.register({ name: `more ${more++}`, exec });
    void registration.unregister();
  });
  const raiseNs = perCall(budgetMs, () => void chain.raise(EXEC, TASK));
  if (heard % Math.max(watchers, 1) !== 0) throw new Error("a watcher did not hear of an event");
  const unwantedNs = perCall(budgetMs, () => void chain.raise(UID, TASK));
  return { watchers, registerNs, registerLastNs, raiseNs, unwantedNs };
}

/** The fastest of some samples. @param {number} budgetMs @param {() => void} call */
export function perCall(budgetMs, call) {
  let calls = 1;
  let best = Infinity;
  const end = nowNs() + budgetMs * 1e6;
  do {
    const begin = nowNs();
    for (let i = 0; i < calls; i++) call();
    const spent = nowNs() - begin;
    best = Math.min(best, spent / calls);
    if (spent < 2e6) calls *= 2;
  } while (nowNs() < end);
  return best;
}

function nowNs() {
  return performance.now() * 1e6;
}
