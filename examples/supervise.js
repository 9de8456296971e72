// @ts-check
// node supervise.js SECONDS COMMAND…: runs a command for at most so long, then ends it and all that descends from it.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { pidfdOpen, pidfdSendSignal } from "@task-watchers/linux";
import { watchTasks } from "@task-watchers/tasks";

const SIGKILL = 9;
const [seconds = "", command = "", ...args] = process.argv.slice(2);
if (!(Number(seconds) > 0) || command === "") {
  console.error("usage: node supervise.js SECONDS COMMAND [ARGUMENT…]");
  process.exit(125);
}
const watch = await watchTasks({
  // One whose fork was lost is found again by its parent; if that has ended too, nothing tells it from a stranger.
  onLost: ({ count }) =>
    console.error(`lost ${count ?? "some"} events: a process may have escaped`),
});
const child = spawn(command, args, { stdio: "inherit" });
if (child.pid !== undefined) watch.follow(child.pid);
child.on("error", ({ message }) => {
  console.error(message);
  process.exitCode = 127;
});
child.on("exit", (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
});

const timeUp = new AbortController();
setTimeout(() => timeUp.abort(), Number(seconds) * 1000).unref();
process.once("SIGINT", () => timeUp.abort());
timeUp.signal.addEventListener("abort", () => void endAll());
await watch.whenIdle();
await watch.close();

/** A task that forks meanwhile is outrun: its child is told of, and comes next. */
async function endAll() {
  let ended = 0;
  while (watch.size > 0) {
    for (const task of watch.tasks()) if (end(task)) ended++;
    await sleep(1);
  }
  console.log(`ended ${ended} processes`);
}

/** @param {{ readonly pid: number, readonly id: string }} task */
function end(task) {
  let fd;
  try {
    fd = pidfdOpen(task.pid);
    // Whose exit has not been told by now had not ended when the pidfd was opened: it names this task.
    watch.drain();
    if (![...watch.tasks()].some(({ id }) => id === task.id)) return false;
    pidfdSendSignal(fd, SIGKILL);
    return true;
  } catch {
    return false; // It was faster.
  } finally {
    fd?.close();
  }
}
