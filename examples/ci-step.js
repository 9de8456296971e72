// @ts-check
// node ci-step.js COMMAND…: runs a step of a build, and fails when a program in it failed though the step itself did not.
import { taskWatchers } from "@task-watchers/chain";
import { stopExecs } from "@task-watchers/exec-stop/watch";
import { watchTasks } from "@task-watchers/tasks";

// These fail to say no.
const ANSWERS = new Set(["test", "[", "grep", "cmp", "diff", "which", "git"]);
const [command = "", ...args] = process.argv.slice(2);
/** @type {string[]} */
const failed = [];
taskWatchers.register({
  name: "ci-step",
  exit({ code, signal }, { exec }) {
    const argv = Array.isArray(exec?.argv) ? exec.argv : [];
    if (code === 0 || ANSWERS.has(String(argv[0]).replace(/^.*\//u, ""))) return;
    failed.push(`${code ?? `signal ${signal}`}  ${JSON.stringify(argv)}`);
  },
});
const watch = await watchTasks();
// Every exec stands still until its arguments are read: none is missed.
const stop = await stopExecs(watch);
const child = await stop.spawn(command, args, { stdio: [0, 1, 2] });
const { code } = await child.ended;
await watch.whenIdle();
await watch.close();
await stop.close();
for (const line of failed) console.error(line);
process.exitCode = code === 0 && failed.length > 0 ? 1 : (code ?? 1);
