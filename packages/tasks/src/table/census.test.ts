import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProcReader } from "@task-watchers/linux/procfs";
import { afterAll, expect, test } from "vitest";
import { census } from "./census.ts";

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});

interface Shown {
  readonly pid: number;
  readonly startTicks: number;
  readonly state?: string;
  readonly threads?: number;
}

function censusOf(shown: readonly Shown[], isKnown?: (pid: number) => boolean): number[] {
  const root = mkdtempSync(join(tmpdir(), "proc-"));
  roots.push(root);
  for (const { pid, startTicks, state = "S", threads = 1 } of shown) {
    mkdirSync(join(root, String(pid)));
    const between = "0 0 0 0 0 0 0 0 0 0 0 20 0";
    const line = `${pid} (a) ${state} 1 1 1 ${between} ${threads} 0 ${startTicks} 0 0\n`;
    writeFileSync(join(root, `${pid}/stat`), line);
  }
  return census(new ProcReader(root), isKnown).map((stat) => stat.pid);
}

test("census() lists the oldest first, also where pids started over in between", () => {
  const shown = [
    { pid: 300, startTicks: 30 },
    { pid: 32_700, startTicks: 10 },
    { pid: 301, startTicks: 50 },
    { pid: 32_701, startTicks: 20 },
    { pid: 20, startTicks: 40 },
  ];
  expect(censusOf(shown)).toEqual([32_700, 32_701, 300, 20, 301]);
});

test("census() lists those that began in one tick by their pids", () => {
  const shown = [31, 4, 200, 19, 1000].map((pid) => ({ pid, startTicks: 7 }));
  expect(censusOf(shown)).toEqual([4, 19, 31, 200, 1000]);
});

test("census() leaves out what has ended, unless other threads of it live", () => {
  const shown = [
    { pid: 1, startTicks: 1, state: "Z" },
    { pid: 2, startTicks: 2, state: "X" },
    { pid: 3, startTicks: 3, state: "Z", threads: 2 },
    { pid: 4, startTicks: 4, state: "D" },
  ];
  expect(censusOf(shown)).toEqual([3, 4]);
});

test("census() reads nothing of those that are known", () => {
  const shown = [
    { pid: 1, startTicks: 1 },
    { pid: 2, startTicks: 2 },
  ];
  expect(censusOf(shown, (pid) => pid === 1)).toEqual([2]);
});
