import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProcReader } from "@task-watchers/linux/procfs";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { ExecFactsReader } from "./exec-facts.ts";

const root = mkdtempSync(join(tmpdir(), "proc-"));
afterAll(() => rmSync(root, { recursive: true }));

function put(pid: number, cmdline: string): void {
  mkdirSync(join(root, String(pid)));
  writeFileSync(join(root, `${pid}/cmdline`), cmdline);
  writeFileSync(join(root, `${pid}/cgroup`), "0::/user.slice\n");
  symlinkSync("/bin/ls", join(root, `${pid}/exe`));
  symlinkSync("/tmp", join(root, `${pid}/cwd`));
}

afterEach(() => {
  vi.useRealTimers();
});

put(5, "ls\0-l\0");
put(6, "");

test("ExecFactsReader reads argv, exe, cwd and cgroup", () => {
  expect(new ExecFactsReader(new ProcReader(root)).read(5, 0n)).toEqual({
    source: "proc",
    argv: ["ls", "-l"],
    exe: "/bin/ls",
    cwd: "/tmp",
    cgroup: "/user.slice",
  });
});

test("ExecFactsReader counts each missing fact by its reason", () => {
  const reader = new ExecFactsReader(new ProcReader(root));
  reader.read(6, 0n);
  reader.read(7, 0n);
  reader.read(7, 0n);
  expect(reader.missed).toEqual({
    argv: { empty: 1, ENOENT: 2 },
    exe: { ENOENT: 2 },
    cwd: { ENOENT: 2 },
    cgroup: { ENOENT: 2 },
  });
});

test("ExecFactsReader takes what the starter knows where /proc shows nothing, once", () => {
  const reader = new ExecFactsReader(new ProcReader(root));
  reader.expect(7, { argv: ["true"], cwd: "/home" });
  expect(reader.read(7, 0n)).toMatchObject({
    argv: ["true"],
    cwd: "/home",
    exe: { missing: "ENOENT" },
  });
  expect(reader.read(7, 0n)).toMatchObject({ argv: { missing: "ENOENT" } });
});

test("ExecFactsReader takes what a source gave, for one exec, and reads from /proc what it left out", () => {
  const reader = new ExecFactsReader(new ProcReader(root));
  reader.give(5, { source: "bpf", exe: "/bin/true", argv: ["true"] });
  expect(reader.read(5, 0n)).toEqual({
    source: "bpf",
    argv: ["true"],
    exe: "/bin/true",
    cwd: "/tmp",
    cgroup: "/user.slice",
  });
  expect(reader.read(5, 0n)).toMatchObject({ source: "proc", argv: ["ls", "-l"] });
  reader.give(5, { source: "bpf", exe: "/bin/true" });
  expect(reader.read(5, 0n)).toMatchObject({
    source: "proc",
    argv: ["ls", "-l"],
    exe: "/bin/true",
  });
});

test("ExecFactsReader takes what was there when an exec was foretold, and counts it with its event", () => {
  const reader = new ExecFactsReader(new ProcReader(root));
  put(9, "true\0");
  reader.foretell(9, 5n, true);
  reader.foretell(7, 6n, true);
  rmSync(join(root, "9"), { recursive: true });
  expect(reader.missed.argv).toEqual({});
  expect(reader.read(9, 5n)).toMatchObject({ source: "proc", argv: ["true"], cwd: "/tmp" });
  expect(reader.read(7, 6n)).toMatchObject({ argv: { missing: "ENOENT" } });
  expect(reader.missed.argv).toEqual({ ENOENT: 1 });
  expect(reader.read(9, 7n)).toMatchObject({ argv: { missing: "ENOENT" } });
});

test("ExecFactsReader says that a program was replaced, rather than take the next one's arguments for its own", () => {
  const reader = new ExecFactsReader(new ProcReader(root));
  reader.foretell(5, 20n, true);
  expect(reader.read(5, 10n)).toMatchObject({ argv: { missing: "replaced" } });
  expect(reader.read(5, 20n)).toMatchObject({ argv: ["ls", "-l"] });
  expect(reader.missed.argv).toEqual({ replaced: 1 });
});

test("ExecFactsReader looks ahead for few processes that nobody knows when those before were not watched", () => {
  const proc = new ProcReader(root);
  const cmdline = vi.spyOn(proc, "cmdline");
  const reader = new ExecFactsReader(proc);
  for (let i = 1; i <= 16 + 64; i++) {
    reader.foretell(5, BigInt(i), false);
    reader.drop(5, BigInt(i));
  }
  expect(cmdline).toHaveBeenCalledTimes(16 + 2);
  // One that was known all along says nothing of the unknown.
  reader.foretell(5, 100n, true);
  reader.read(5, 100n);
  expect(cmdline).toHaveBeenCalledTimes(16 + 3);
  for (let i = 101; i <= 132; i++) reader.foretell(5, BigInt(i), false);
  expect(cmdline).toHaveBeenCalledTimes(16 + 4);
  // One that was unknown, and was asked for, shows that there are such again.
  reader.read(5, 132n);
  reader.foretell(5, 133n, false);
  expect(cmdline).toHaveBeenCalledTimes(16 + 5);
});

test("ExecFactsReader does not look ahead where a source knows better", () => {
  const reader = new ExecFactsReader(new ProcReader(root));
  reader.give(5, { source: "bpf", argv: ["true"] });
  reader.foretell(5, 5n, true);
  expect(reader.read(5, 5n)).toMatchObject({ source: "bpf", argv: ["true"] });
});

test("ExecFactsReader believes /proc before the starter", () => {
  const reader = new ExecFactsReader(new ProcReader(root));
  reader.expect(5, { argv: ["other"], cwd: "/home" });
  expect(reader.read(5, 0n)).toMatchObject({ argv: ["ls", "-l"], cwd: "/tmp" });
});

test("ExecFactsReader reads no more in a turn that has taken too long, and goes on in the next", () => {
  const reader = new ExecFactsReader(new ProcReader(root));
  let reads = 0;
  for (; reads < 100_000 && reader.missed.argv["overload"] === undefined; reads++)
    reader.read(5, 0n);
  expect(reader.missed.argv).toEqual({ overload: 1 });
  expect(reads).toBeGreaterThan(100);
  reader.newTurn();
  expect(reader.read(5, 0n)).toMatchObject({ argv: ["ls", "-l"] });
});

/** A reader to whom a task takes as long as `cost` says, on a clock that stands still otherwise. */
function timed(): { reader: ExecFactsReader; read: (times: number, costMs: number) => number } {
  vi.useFakeTimers({ toFake: ["hrtime", "setTimeout"] });
  const proc = new ProcReader(root);
  let cost = 0;
  vi.spyOn(proc, "exe").mockImplementation(() => {
    vi.advanceTimersByTime(cost);
    return "/bin/ls";
  });
  const reader = new ExecFactsReader(proc);
  return {
    reader,
    read: (times, costMs) => {
      cost = costMs;
      for (let i = 0; i < times; i++) reader.read(5, 0n);
      return reader.missed.argv["overload"] ?? 0;
    },
  };
}

test("ExecFactsReader reads a hundred tasks in a turn, however long they take", () => {
  const { read } = timed();
  expect(read(100, 1)).toBe(0);
  expect(read(3, 1)).toBe(3);
});

test("ExecFactsReader reads any number of tasks in a turn that is not over its time", () => {
  const { read } = timed();
  expect(read(50, 1)).toBe(0);
  expect(read(500, 0)).toBe(0);
  expect(read(2, 1)).toBe(1);
});

test("ExecFactsReader goes on reading in a turn that does not end, a tenth of the time", () => {
  const { read } = timed();
  expect(read(101, 1)).toBe(1);
  vi.advanceTimersByTime(900);
  expect(read(1, 1)).toBe(1);
  expect(read(100, 0)).toBe(101);
});

test("ExecFactsReader starts a turn with all its time and all its reads", () => {
  const { reader, read } = timed();
  expect(read(101, 1)).toBe(1);
  reader.newTurn();
  expect(read(100, 1)).toBe(1);
  reader.newTurn();
  expect(read(200, 0)).toBe(1);
});

test("ExecFactsReader says how many bytes of the arguments it left out, and nothing where it left out none", () => {
  put(8, `ls\0${"x".repeat(70_000)}\0`);
  const reader = new ExecFactsReader(new ProcReader(root));
  // 70,004 bytes, of which 65,536 are kept.
  expect(reader.read(8, 0n)).toMatchObject({ argvTruncatedBytes: 4468 });
  expect(reader.read(5, 0n)).not.toHaveProperty("argvTruncatedBytes");
});
