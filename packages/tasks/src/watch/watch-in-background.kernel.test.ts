// Needs of the kernel: the process events connector (any user since Linux 6.6).
import { spawnSync } from "node:child_process";
import { initialNamespaces, installed, kernel, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";

const NEEDS = [kernel("6.6"), initialNamespaces];

/** Two entries as watcher packages have them, one after the other, with modules that cannot be opened. */
const PROGRAM = `
import { taskWatchers } from "@task-watchers/chain";
import { watchInBackground } from "@task-watchers/tasks";
const refusing = (name, open) => taskWatchers.load({ name, version: "1.0.0", watcher: { name, exit() {} }, open });
refusing("early", () => { throw new Error("it is not to be had"); });
refusing("fine", () => {});
await watchInBackground("no first");
refusing("late", async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  throw new Error("nor is this");
});
await watchInBackground("no second");
console.log(taskWatchers.list().map(({ state }) => state).join());
`;

kernelTest("watchInBackground() warns once of each module that cannot be opened", NEEDS, () => {
  const ended = spawnSync(process.execPath, ["--input-type=module", "-e", PROGRAM], {
    cwd: installed("tasks"),
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(ended).toMatchObject({ stdout: "failed,open,failed\n", status: 0 });
  const warnings = ended.stderr.match(/TaskWatchersWarning: .*/gu);
  expect(warnings).toEqual([
    "TaskWatchersWarning: watcher early is off: it is not to be had",
    "TaskWatchersWarning: watcher late is off: nor is this",
  ]);
});
