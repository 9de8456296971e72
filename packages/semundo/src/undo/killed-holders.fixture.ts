/**
 * One of several processes that take units of a set for sleeping processes and kill these at random moments: before, while and
 * after they get one, from the moment they are told to. Arguments: key of the set, holders, lanes, the nest, whether to listen to task events with the kernel's default
 * buffer, and for how many milliseconds a unit is held in the middle. Prints what happened as JSON.
 */
export const PROGRAM = `
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { openSemaphores, semundo } from "@task-watchers/semundo";
import { watchTasks } from "@task-watchers/tasks";

const [key, holders, lanes, nest, watched, holdMs] = process.argv.slice(1);
const set = await openSemaphores({ key: Number(key) });
const watch = watched === "yes" ? await watchTasks({ scope: "all", receiveBufferBytes: 0 }) : undefined;
const child = spawn(nest, { stdio: ["pipe", "pipe", "inherit"] });
const asked = [];
createInterface(child.stdout).on("line", (line) => asked.shift()(Number(line)));
const newHolder = () => new Promise((resolve) => { asked.push(resolve); child.stdin.write("x"); });

const killed = new Map();
const undone = [];
const acquired = [];
const reasons = {};
let refused = 0;
semundo.ledger.onUndo(({ timeNs, process: { pid }, reason, adjust, failed }) => {
  if (adjust !== 1 || failed) throw new Error("adjust " + adjust + " " + failed);
  reasons[reason] = (reasons[reason] ?? 0) + 1;
  // Done for one that had died: nobody was told of that unit.
  if (reason !== "race") undone.push([String(killed.get(pid) ?? 0n), String(timeNs)]);
});
const kill = (pid) => { killed.set(pid, process.hrtime.bigint()); process.kill(pid, "SIGKILL"); };

// All begin together: what is measured is not how they start.
console.log("ready");
await new Promise((resolve) => process.stdin.once("data", resolve));
process.stdin.destroy();
let left = Number(holders);
const lane = async () => {
  while (left-- > 0) {
    const pid = await newHolder();
    const holder = semundo.ledger.holder(pid);
    // One in eight is killed at some time while it waits, or just when it has got a unit.
    const early = Math.random() < 1 / 8;
    if (early) setTimeout(() => kill(pid), Math.random() * 2 * Number(holdMs));
    try {
      await holder.acquire(set, 0);
      acquired.push(String(process.hrtime.bigint()));
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
      refused++;
    }
    if (early) { while (!killed.has(pid)) await sleep(5); continue; }
    await sleep(Math.random() * 2 * Number(holdMs));
    kill(pid);
  }
};
await Promise.all(Array.from({ length: Number(lanes) }, lane));
while (semundo.ledger.counters().holders > 0) await sleep(5);
const counters = semundo.ledger.counters();
const lost = watch?.counters().connector?.lost ?? 0;
await watch?.close();
child.stdin.end();
await set.close();
console.log(JSON.stringify({ refused, acquired, undone, reasons, counters, lost }));
`;
