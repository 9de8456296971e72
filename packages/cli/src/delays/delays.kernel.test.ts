// Needs of the kernel: the process events connector; root for taskstats and for the switch, which is put back.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  initialNamespaces,
  kernel,
  kernelTest,
  nobodyCommand,
  root,
} from "@task-watchers/kernel-test";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { endAll, installedMain, linesOf, Running } from "../running.fixture.ts";

const NEEDS = [kernel("6.6"), initialNamespaces];
const SWITCH = "/proc/sys/kernel/task_delayacct";

let main = "";
let dir = "";

beforeAll(() => {
  main = installedMain();
  dir = mkdtempSync(join(tmpdir(), "delays-"));
  chmodSync(dir, 0o777);
});

afterEach(endAll);
afterAll(() => rmSync(dir, { recursive: true }));

function start(...args: string[]): Running {
  return new Running([process.execPath, main, ...args], dir);
}

kernelTest(
  "delays shows where the time of a tree goes, and ends with it",
  [...NEEDS, root],
  async () => {
    const busy = spawn("sh", ["-c", "sleep 300 & while :; do :; done"], { stdio: "ignore" });
    try {
      const delays = start(
        "delays",
        "--pid",
        String(busy.pid),
        "--interval",
        "300ms",
        "--sort",
        "cpu",
      );
      await delays.shows(/2 processes, in .*2 processes, in /su);
      expect(delays.stdout).toContain("from the kernel's taskstats");
      const rounds = delays.stdout.split("\n\n");
      const [, , first = ""] = (rounds[1] ?? "").split("\n");
      expect(first).toContain("while :; do :; done");
      // However many others want a CPU.
      expect(Number(first.trim().split(/\s+/u)[3]?.replace("%", ""))).toBeGreaterThan(0);
      expect(rounds[1]).toMatch(/ 100\.0% [^\n]* sleep 300|9\d\.\d% [^\n]* sleep 300/u);
      execFileSync("pkill", ["-P", String(busy.pid)]);
      busy.kill("SIGKILL");
      expect(await delays.ended()).toBe(0);
    } finally {
      busy.kill("SIGKILL");
    }
  },
);

kernelTest(
  "delays for nobody is from /proc, and says why and what is missing",
  [...NEEDS, root],
  async () => {
    const sleeper = spawn("sleep", ["300"], { stdio: "ignore" });
    try {
      const args = [main, "delays", "--pid", String(sleeper.pid), "-n", "2", "-i", "100ms"];
      const delays = new Running(nobodyCommand(process.execPath, args), dir);
      expect(await delays.ended()).toBe(0);
      expect(delays.stdout).toMatch(/1 process, in [^\n]*, from \/proc:/u);
      expect(delays.stdout).toContain("CAP_NET_ADMIN");
      const json = new Running(nobodyCommand(process.execPath, [...args, "--json"]), dir);
      expect(await json.ended()).toBe(0);
      const lines = json.lines();
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatchObject({ type: "delays-sample", source: "proc", sinceStart: true });
      expect(lines[1]).toMatchObject({
        pid: sleeper.pid,
        missing: { swapinNs: expect.any(String) },
      });
    } finally {
      sleeper.kill("SIGKILL");
    }
  },
);

kernelTest("delays says what is wrong", NEEDS, async () => {
  for (const [args, message] of [
    [["--pid", "4194303"], "no process has pid 4194303"],
    [[], "say which processes"],
    [["--pid", "1", "--interval", "1ms"], "--interval must be 50ms or more"],
  ] as const) {
    const delays = start("delays", ...args);
    expect(await delays.ended()).toBe(125);
    expect(delays.stderr).toContain(message);
  }
});

kernelTest(
  "run --enable-delayacct accounts for every task, and puts the switch back, also when killed",
  [...NEEDS, root, kernel("5.14")],
  async () => {
    const found = readFileSync(SWITCH, "utf8");
    const file = join(dir, "run.jsonl");
    const script = "for i in 1 2 3; do sleep 0.05; done; exit 0";
    const run = start("run", "--enable-delayacct", "--json", file, "--", "sh", "-c", script);
    expect(await run.ended()).toBe(0);
    expect(run.stderr).toContain("where the time of 4 processes went");
    const lines = linesOf(readFileSync(file, "utf8"));
    const delays = lines.filter((line) => line.type === "delays");
    expect(delays).toHaveLength(4);
    for (const line of delays) {
      expect(line).toMatchObject({ source: "taskstats", blkioNs: expect.stringMatching(/^\d+$/u) });
      expect(line).not.toHaveProperty("missing");
    }
    expect(readFileSync(SWITCH, "utf8")).toBe(found);
    const killed = start("run", "--enable-delayacct", "--no-wait", "--", "sleep", "1");
    await killed.shows(/kernel\.task_delayacct/u);
    expect(readFileSync(SWITCH, "utf8")).toBe("1\n");
    killed.child.kill("SIGKILL");
    await killed.ended();
    const until = performance.now() + 60_000;
    while (readFileSync(SWITCH, "utf8") !== found && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(readFileSync(SWITCH, "utf8")).toBe(found);
  },
);
