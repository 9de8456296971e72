// Needs: System V semaphores. Runs in IPC namespaces and directories of its own as root, else as the user it is.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelTest, nobodyCommand, program, root } from "@task-watchers/kernel-test";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { endAll, installedMain, Running } from "../running.fixture.ts";

const NAME = `test-${process.pid}`;

let main = "";
let dir = "";

beforeAll(() => {
  main = installedMain();
  dir = mkdtempSync(join(tmpdir(), "slot-"));
});

afterEach(async () => {
  endAll();
  await start("--clean").ended();
});

afterAll(() => rmSync(dir, { recursive: true }));

function start(...args: string[]): Running {
  return new Running([process.execPath, main, "slot", ...args], dir);
}

/** Runs a command in one of so many slots. */
function inSlot(count: number, ...command: string[]): Running {
  return start(NAME, "--count", String(count), "--", ...command);
}

async function listed(name: string): Promise<unknown> {
  const list = start("--list", name, "--json");
  await list.ended();
  return JSON.parse(list.stdout);
}

kernelTest("slot runs the command in its own process, and ends as it does", [root], async () => {
  const shell = inSlot(2, "sh", "-c", 'echo "$$ $0 $1"; exit 7', "a b", "c");
  expect(await shell.ended()).toBe(7);
  expect(shell.stdout).toBe(`${shell.child.pid} a b c\n`);
  const missing = inSlot(2, "no-such-program");
  expect(await missing.ended()).toBe(127);
  expect(missing.stderr).toContain("no-such-program: not found");
});

kernelTest("slot waits for a free one, and gets it however the other ends", [root], async () => {
  const first = inSlot(1, "sh", "-c", "echo holding; exec sleep 300");
  await first.shows(/holding/u);
  const second = inSlot(1, "echo", "mine");
  await second.shows(/waiting for one of 1 slot/u);
  // It says so before it waits.
  await expect
    .poll(() => listed(NAME), { timeout: 20_000 })
    .toMatchObject([
      { name: NAME, count: 1, free: 0, waiting: 1, holders: [{ pid: first.child.pid }] },
    ]);
  const late = start(NAME, "-n", "1", "-t", "100ms", "true");
  expect(await late.ended()).toBe(124);
  // The whole process group would get a Ctrl-C; here only the holder is killed, and nothing of its own can run.
  first.child.kill("SIGKILL");
  expect(await second.ended()).toBe(0);
  expect(second.stdout).toBe("mine\n");
});

kernelTest("slot passes on all output of a command that had to wait", [root], async () => {
  const first = inSlot(1, "sh", "-c", "echo holding; exec sleep 0.5");
  await first.shows(/holding/u);
  const late = ["sh", "-c", '"$@" 2>&1 | (sleep 0.8; wc -c)', "sh", process.execPath, main, "slot"];
  const big = ["-q", NAME, "-n", "1", "--", "head", "-c", "5000000", "/dev/zero"];
  const second = new Running([...late, ...big], dir);
  await second.ended();
  expect(second.stdout.trim()).toBe("5000000");
});

kernelTest("slot ends its wait at SIGINT, and holds nothing then", [root], async () => {
  const first = inSlot(1, "sh", "-c", "echo holding; exec sleep 300");
  await first.shows(/holding/u);
  const second = inSlot(1, "true");
  await second.shows(/waiting/u);
  second.child.kill("SIGINT");
  expect(await second.ended()).toBe(130);
  first.child.kill("SIGKILL");
  await first.ended();
  expect(await inSlot(1, "true").ended()).toBe(0);
});

kernelTest(
  "slot refuses another number while one is held, and what makes no sense",
  [root],
  async () => {
    const first = inSlot(1, "sh", "-c", "echo holding; exec sleep 300");
    await first.shows(/holding/u);
    const other = inSlot(2, "true");
    expect(await other.ended()).toBe(125);
    expect(other.stderr).toMatch(/are 1, 2 were asked for/u);
    first.child.kill("SIGKILL");
    for (const name of ["bad/name", "..", "x".repeat(65)]) {
      const bad = start(name, "-n", "1", "true");
      expect(await bad.ended()).toBe(125);
      expect(bad.stderr).toContain("a name of slots is");
    }
    const huge = start(NAME, "-n", "40000", "true");
    expect(await huge.ended()).toBe(125);
    expect(huge.stderr).toContain("40000");
  },
);

kernelTest("slot for nobody has a directory of its own", [root], async () => {
  const slot = ["slot", NAME, "-n", "1", "--", "sh", "-c", "id -u; exit 3"];
  const run = new Running(nobodyCommand(process.execPath, [main, ...slot]), dir);
  expect(await run.ended()).toBe(3);
  expect(run.stdout).toBe("65534\n");
  const clean = new Running(nobodyCommand(process.execPath, [main, "slot", "--clean"]), dir);
  expect(await clean.ended()).toBe(0);
  expect(clean.stdout + clean.stderr).toContain(`removed ${NAME}`);
  const left = readdirSync("/dev/shm", { recursive: true, encoding: "utf8" });
  expect(left.filter((path) => path.includes(NAME))).toEqual([]);
});

kernelTest(
  "slot leaves nothing behind once it was cleaned up",
  [root, program("unshare")],
  async () => {
    // In a namespace of its own, where nobody else has sets.
    const script = `node=$0; file=$1; folder=$2
      slot() { "$node" "$file" slot "$@"; }
      slot sets -n 3 -- cat /proc/sysvipc/sem; slot sets -n 3 -- find "$folder"; slot --clean >&2
      echo cleaned; cat /proc/sysvipc/sem; ls -d "$folder"/*."$(stat -Lc %i /proc/self/ns/ipc)"/*
      true`;
    const ours = [process.execPath, main, "/run/task-watchers-slots"];
    const run = new Running(["unshare", "--ipc", "sh", "-c", script, ...ours], dir);
    expect(await run.ended()).toBe(0);
    const [held = "", left = ""] = run.stdout.split("cleaned\n");
    expect(held).toMatch(/^ *-?\d+ +\d+ +600 /mu);
    expect(held).toMatch(/\.\d+\/.*sets/u);
    expect(left).toMatch(/^ +key .*\n$/u);
  },
);
