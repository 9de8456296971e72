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

const NEEDS = [kernel("6.6"), initialNamespaces];

/** A program that knows nothing of this package but the names of channels; it ends by itself. */
const PROGRAM = `
import { spawn } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
const told = [];
const child = spawn("sh", ["-c", "exit 7"]);
const done = setTimeout(() => {}, Number(process.env.TEST_PATIENCE_MS));
for (const kind of ["fork", "exec", "exit"]) {
  subscribe("task-watchers:" + kind, (event) => {
    if (event.pid !== child.pid) return;
    told.push(event.type + (event.code ?? ""));
    if (kind === "exit") clearTimeout(done);
  });
}
process.on("exit", () => console.log(told.join(" ")));
`;

function command(patienceMs = 60_000): string[] {
  const register = "--import @task-watchers/proc-events/register";
  const directory = installed("proc-events");
  const script = `cd '${directory}' && TEST_PATIENCE_MS=${patienceMs} exec '${process.execPath}' ${register} --input-type=module -e "$0"`;
  return ["sh", "-c", script, PROGRAM];
}

kernelTest("--import register publishes events, and the program ends by itself", NEEDS, () => {
  const [shell = "", ...args] = command();
  const ended = spawnSync(shell, args, { encoding: "utf8", timeout: 60_000 });
  expect(ended).toMatchObject({ stdout: "fork exec exit7\n", stderr: "", status: 0 });
});

kernelTest("--import register does so for nobody, without a capability", [...NEEDS, root], () => {
  const [shell = "", ...args] = command();
  expect(asNobody(shell, args)).toMatchObject({ stdout: "fork exec exit7\n", status: 0 });
});

kernelTest(
  "--import register warns once where there are no events, and the program runs",
  [...NEEDS, root],
  () => {
    const ended = spawnSync("unshare", ["--net", ...command(500)], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(ended).toMatchObject({ stdout: "\n", status: 0 });
    expect(ended.stderr).toMatch(/\[ECONNREFUSED\] TaskWatchersWarning: no process events: /u);
    expect(ended.stderr.match(/TaskWatchersWarning/gu)).toHaveLength(1);
  },
);
