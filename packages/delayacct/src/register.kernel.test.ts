// Needs of the kernel: the process events connector (any user since Linux 6.6); root, to become nobody and to leave the
// host's network.
import { spawnSync } from "node:child_process";
import {
  asNobody,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
  root,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";

const NEEDS = [kernel("6.6"), initialNamespaces, root];

/** A program that asks for the accounting of its child; it ends by itself. */
const PROGRAM = `
import { spawn } from "node:child_process";
import { delayacct } from "@task-watchers/delayacct";
// On one CPU: of a task that is moved to another as it falls asleep, Linux 6.18 counts the sleep as a wait.
const child = spawn("taskset", ["-c", "0", "sleep", "0.3"]);
const done = setTimeout(() => {}, Number(process.env.TEST_PATIENCE_MS));
delayacct.listen(({ task, accounting }) => {
  if (task.pid !== child.pid) return;
  console.log(accounting.shares.asleepNs > 100000000n ? "asleep" : "awake");
  clearTimeout(done);
});
`;

function command(patienceMs = 60_000): string[] {
  const register = "--import @task-watchers/delayacct/register";
  const directory = installed("delayacct");
  const script = `cd '${directory}' && TEST_PATIENCE_MS=${patienceMs} exec '${process.execPath}' ${register} --input-type=module -e "$0"`;
  return ["sh", "-c", script, PROGRAM];
}

kernelTest("--import register accounts for children, and the program ends by itself", NEEDS, () => {
  const [shell = "", ...args] = command();
  const ended = spawnSync(shell, args, { encoding: "utf8", timeout: 60_000 });
  expect(ended).toMatchObject({ stdout: "asleep\n", stderr: "", status: 0 });
});

kernelTest("--import register does so for nobody, without a capability", NEEDS, () => {
  const [shell = "", ...args] = command();
  expect(asNobody(shell, args)).toMatchObject({ stderr: "", status: 0 });
});

kernelTest(
  "--import register warns once where there are no events, and the program runs",
  NEEDS,
  () => {
    const ended = spawnSync("unshare", ["--net", ...command(500)], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(ended).toMatchObject({ stdout: "", status: 0 });
    expect(ended.stderr).toMatch(/\[ECONNREFUSED\] TaskWatchersWarning: no accounting of tasks: /u);
    expect(ended.stderr.match(/TaskWatchersWarning/gu)).toHaveLength(1);
  },
);
