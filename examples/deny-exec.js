// @ts-check
// Runs a command in whose whole descent no program of some name may run: node deny-exec.js curl,wget make -j8
// Any user, any namespace that allows seccomp; whoever is refused gets EACCES. No security boundary.
import { notifierFromErrno, taskWatchers } from "@task-watchers/chain";
import { stopExecs } from "@task-watchers/exec-stop/watch";
import { watchTasks } from "@task-watchers/tasks";

const [names = "", command = "true", ...args] = process.argv.slice(2);
const denied = new Set(names.split(","));
const EACCES = 13;

taskWatchers.chain.register({
  name: "deny-exec",
  exec({ stopped, exe, argv }, task) {
    if (!stopped || typeof exe !== "string") return;
    if (!denied.has(exe.slice(exe.lastIndexOf("/") + 1))) return;
    console.error(`refused ${JSON.stringify(argv)} to process ${task.pid}`);
    return notifierFromErrno(-EACCES);
  },
});

const watch = await watchTasks();
const stop = await stopExecs(watch);
const child = await stop.spawn(command, args);
const { code = 1 } = await child.ended;
await watch.whenIdle();
await stop.close();
await watch.close();
process.exitCode = code;
