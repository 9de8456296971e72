// @ts-check
// node ci-step.js COMMAND…: runs a step of a build, and fails when a program in it failed though the step itself did not.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { taskWatchers } from "@task-watchers/chain";
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
const child = spawn(command, args, { stdio: "inherit" });
if (child.pid !== undefined) watch.follow(child.pid);
const [status, signal] = await once(child, "exit");
await watch.whenIdle();
await watch.close();
for (const line of failed) console.error(line);
process.exitCode = signal !== null || status !== 0 ? (status ?? 1) : failed.length > 0 ? 1 : 0;
