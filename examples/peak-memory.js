// @ts-check
// node peak-memory.js COMMAND…: the most memory that a process of each program had at once.
import { spawn } from "node:child_process";
import { delayacct } from "@task-watchers/delayacct";
import { watchTasks } from "@task-watchers/tasks";

const [command = "", ...args] = process.argv.slice(2);
/** @type {Map<string, { bytes: number, processes: number }>} */
const peaks = new Map();
let unknown = 0;
delayacct.listen(({ task, accounting: { peakRssBytes } }) => {
  if (peakRssBytes === undefined) {
    unknown++;
    return;
  }
  const program = typeof task.exec?.exe === "string" ? task.exec.exe : "(unknown)";
  const peak = peaks.get(program) ?? { bytes: 0, processes: 0 };
  peak.bytes = Math.max(peak.bytes, Number(peakRssBytes));
  peak.processes++;
  peaks.set(program, peak);
});
const watch = await watchTasks();
const child = spawn(command, args, { stdio: "inherit" });
if (child.pid !== undefined) watch.follow(child.pid);
await watch.whenIdle();
await watch.close();
for (const [program, { bytes, processes }] of [...peaks].sort(
  ([, a], [, b]) => b.bytes - a.bytes,
)) {
  const mib = `${(bytes / 2 ** 20).toFixed(1)} MiB`.padStart(10);
  console.log(`${mib} ${String(processes).padStart(6)}  ${JSON.stringify(program)}`);
}
if (unknown > 0) console.log(`of ${unknown} processes it is not known`);
