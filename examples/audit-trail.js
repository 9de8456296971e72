// @ts-check
// node audit-trail.js COMMAND…: what it ran, as whom, with what arguments, and what it could not run. As root.
import { spawn } from "node:child_process";
import { audit } from "@task-watchers/audit";
import { watchTasks } from "@task-watchers/tasks";

const [command = "", ...args] = process.argv.slice(2);
audit.configure({ enable: true });
audit.listen(({ task, execs, failedExecs, isComplete }) => {
  for (const { facts } of execs) {
    console.log(task.pid, `uid ${facts?.uid}`, facts?.cwd, JSON.stringify(facts?.argv));
  }
  for (const { errno, paths } of failedExecs) {
    console.log(task.pid, "could not run", JSON.stringify(paths[0]?.name), errno);
  }
  if (!isComplete) console.log(task.pid, "records of it are missing");
});
const watch = await watchTasks();
const { state, notes } = audit.status();
if (state === "failed") {
  console.error(notes.join("\n"));
  process.exitCode = 1;
} else {
  const child = spawn(command, args, { stdio: "inherit" });
  if (child.pid !== undefined) watch.follow(child.pid);
  await watch.whenIdle();
}
await watch.close();
