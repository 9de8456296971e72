// @ts-check
// node profile-tests.js FILE.html TEST…: where the CPU time of a Node.js test run went, its children's included.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { profile } from "@task-watchers/profile";
import { writeOutputs } from "@task-watchers/profile/output";
import { watchTasks } from "@task-watchers/tasks";

const [page = "", ...tests] = process.argv.slice(2);
profile.configure({ target: { kind: "descent" }, frequencyHz: 499 });
const watch = await watchTasks();
const child = spawn(process.execPath, ["--test", ...tests], {
  stdio: "inherit",
  // Functions of JavaScript by name, in a file for each process in /tmp; removing them is left to whoever reads this.
  env: { ...process.env, NODE_OPTIONS: "--perf-basic-prof-only-functions" },
});
if (child.pid !== undefined) watch.follow(child.pid);
const [status] = await once(child, "exit");
await watch.whenIdle();
await watch.close();
const result = profile.result();
if (result) await writeOutputs(result, [{ format: "flamegraph", path: page }]);
else console.error(profile.status().notes.join("\n"));
process.exitCode = status ?? 1;
