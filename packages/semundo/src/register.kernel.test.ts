// Needs of the kernel: the process events connector (any user since Linux 6.6); SysV semaphores; root, to leave the host's network.
import { spawnSync } from "node:child_process";
import { initialNamespaces, installed, kernel, kernelTest, root } from "@task-watchers/kernel-test";
import { expect } from "vitest";

const NEEDS = [kernel("6.6"), initialNamespaces, root];

/** A program that holds a unit for its child; it ends by itself when the child has. */
const PROGRAM = `
import { spawn } from "node:child_process";
import { taskWatchers } from "@task-watchers/chain";
import { openSemaphores, semundo } from "@task-watchers/semundo";
const set = await openSemaphores({ private: true, count: 1, initial: 1 });
process.on("exit", () => set.remove());
const child = spawn("sleep", ["0.3"]);
semundo.ledger.onUndo(({ adjust }) => console.log(adjust, set.value(0)));
await semundo.ledger.holder(child).acquire(set, 0);
await new Promise((resolve) => setTimeout(resolve, 100));
const { name, state, events } = taskWatchers.list()[0];
console.log(name, state, events.join(), set.value(0), taskWatchers.chain.has("exit"));
`;

function command(): string[] {
  const register = "--import @task-watchers/semundo/register";
  const script = `cd '${installed("semundo")}' && exec '${process.execPath}' ${register} --input-type=module -e "$0"`;
  return ["sh", "-c", script, PROGRAM];
}

kernelTest("--import register has the module open, and the program ends by itself", NEEDS, () => {
  const [shell = "", ...args] = command();
  const ended = spawnSync(shell, args, { encoding: "utf8", timeout: 60_000 });
  expect(ended).toMatchObject({ stdout: "semundo open gid 0 true\n1 1\n", stderr: "", status: 0 });
});

kernelTest("where there are no events it warns once, and pidfds do", NEEDS, () => {
  const ended = spawnSync("unshare", ["--net", ...command()], {
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(ended.stdout).toMatch(/^semundo \w+ gid 0 false\n1 1\n$/u);
  expect(ended).toMatchObject({ status: 0 });
  expect(ended.stderr).toMatch(
    /\[ECONNREFUSED\] TaskWatchersWarning: ends of holders come by pidfd alone: /u,
  );
  expect(ended.stderr.match(/TaskWatchersWarning/gu)).toHaveLength(1);
});
