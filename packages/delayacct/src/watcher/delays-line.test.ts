import * as fc from "fast-check";
import { formatLine, parseLine } from "@task-watchers/trace";
import { expect, test } from "vitest";
import { account } from "./accounting.ts";
import { fromDelaysLine, toDelaysLine } from "./delays-line.ts";
import { exitAt, fakeTask, S } from "./fake-tasks.fixture.ts";
import { FIGURE_NAMES } from "./figures.ts";
import type { TaskDelays } from "./task-delays.ts";

const full: TaskDelays = {
  task: fakeTask(10, 1n * S),
  exit: exitAt(3n * S),
  source: "taskstats",
  comm: "a\nb",
  accounting: account({ wallNs: 100n, onCpuNs: 30n, majorFaults: 2n }, { irqNs: "old-kernel" }),
};

test("toDelaysLine() writes figures as decimal strings, what is left for sleep, and what is missing", () => {
  expect(toDelaysLine(full)).toEqual({
    ...{ type: "delays", timeNs: "3000000000", task: "10.100", pid: 10, tgid: 10, ppid: 1 },
    ...{ source: "taskstats", comm: "a\nb", wallNs: "100", onCpuNs: "30", majorFaults: "2" },
    ...{ asleepNs: "70", overlapNs: "0", missing: { irqNs: "old-kernel" } },
  });
});

test("fromDelaysLine() gives back what was written, through a file", () => {
  const values = fc.dictionary(
    fc.constantFrom(...FIGURE_NAMES),
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  );
  const reasons = fc.dictionary(fc.constantFrom(...FIGURE_NAMES, "record"), fc.string());
  fc.assert(
    fc.property(values, reasons, fc.boolean(), (figures, missing, isExisting) => {
      const accounting = account({ ...figures }, { ...missing });
      const asOf = isExisting ? ({ existing: true, asOfNs: 5n } as const) : {};
      const delays = { ...full, ...asOf, source: "proc", accounting } as const;
      const parsed = parseLine(formatLine(toDelaysLine(delays)));
      expect(parsed && fromDelaysLine(parsed)).toEqual({
        ...{ timeNs: 3n * S, task: "10.100", pid: 10, tgid: 10, ppid: 1 },
        ...{ source: "proc", comm: "a\nb", ...asOf, accounting },
      });
    }),
  );
});

test.each([
  { type: "exit" },
  { timeNs: 3 },
  { pid: -1 },
  { source: "guess" },
  { wallNs: "1e9" },
  { wallNs: "-1" },
  { missing: [] },
  { missing: { irqNs: 3 } },
])("fromDelaysLine() takes no line with %j", (wrong) => {
  expect(fromDelaysLine({ ...toDelaysLine(full), ...wrong })).toBeUndefined();
});
