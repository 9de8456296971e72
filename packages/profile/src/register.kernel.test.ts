// Needs of the kernel: perf events, the process events connector (any user since Linux 6.6); root, to become nobody and to
// leave the host's network; a C compiler.
import { spawnSync } from "node:child_process";
import {
  asNobody,
  compiler,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
  root,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { busyProgram } from "./watcher/run-profiled.fixture.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, root, compiler];

/** A program that knows nothing of profiles, and one that asks for its child's; both end by themselves. */
function command(tries = 200): string[] {
  const program = `
import { spawn } from "node:child_process";
import { profile } from "@task-watchers/profile";
import { setTimeout as sleep } from "node:timers/promises";
spawn("${busyProgram()}", ["300"]).on("close", async () => {
  const isSampled = () => profile.status().counters.settled > 10;
  for (let n = 0; n < ${tries} && !isSampled(); n++) await sleep(100);
  console.log(isSampled() ? "sampled" : "not sampled");
});`;
  const register = "--import @task-watchers/profile/register";
  const script = `cd '${installed("profile")}' && exec '${process.execPath}' ${register} --input-type=module -e "$0"`;
  return ["sh", "-c", script, program];
}

kernelTest("--import register samples children, and the program ends by itself", NEEDS, () => {
  const [shell = "", ...args] = command();
  const ended = spawnSync(shell, args, { encoding: "utf8", timeout: 60_000 });
  expect(ended).toMatchObject({ stdout: "sampled\n", stderr: "", status: 0 });
});

kernelTest("--import register does so for nobody, without a capability", NEEDS, () => {
  const [shell = "", ...args] = command();
  expect(asNobody(shell, args)).toMatchObject({ stdout: "sampled\n", stderr: "", status: 0 });
});

kernelTest(
  "--import register warns once where there are no events, and the program runs",
  NEEDS,
  () => {
    const ended = spawnSync("unshare", ["--net", ...command(5)], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(ended).toMatchObject({ stdout: "not sampled\n", status: 0 });
    expect(ended.stderr).toMatch(/\[ECONNREFUSED\] TaskWatchersWarning: no profile of tasks: /u);
  },
);
