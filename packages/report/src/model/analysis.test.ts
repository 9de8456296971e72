import * as fc from "fast-check";
import { expect, test } from "vitest";
import { groupCommands, percentile } from "./command-groups.ts";
import { concurrency } from "./concurrency.ts";
import { criticalPath, mainRoot, type PathTask } from "./critical-path.ts";

function tasks(...all: readonly (readonly [parent: number, start: number, end: number])[]) {
  return all.map(([parent, startNs, endNs], index) => ({ index, parent, startNs, endNs }));
}

/** Tasks whose parents stand before them; otherwise anything, also children older than their parents. */
const anyTasks: fc.Arbitrary<PathTask[]> = fc
  .array(fc.tuple(fc.nat(), fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 30 })
  .map((all) =>
    all.map(([parent, start, length], index) => ({
      index,
      parent: index === 0 ? -1 : parent % index,
      startNs: start,
      endNs: start + length,
    })),
  );

test("criticalPath() follows the child that ended last", () => {
  const build = tasks([-1, 0, 100], [0, 5, 40], [0, 6, 80], [0, 85, 95], [2, 10, 70], [0, 1, 200]);
  expect(criticalPath(build, 0)).toEqual([
    { index: 0, fromNs: 0, toNs: 6 },
    { index: 2, fromNs: 6, toNs: 10 },
    { index: 4, fromNs: 10, toNs: 70 },
    { index: 2, fromNs: 70, toNs: 80 },
    { index: 0, fromNs: 80, toNs: 85 },
    { index: 3, fromNs: 85, toNs: 95 },
    { index: 0, fromNs: 95, toNs: 100 },
  ]);
});

test("criticalPath() has no gap and ends where the root ends, whatever the tree", () => {
  fc.assert(
    fc.property(anyTasks, (all) => {
      const root = mainRoot(all);
      const path = criticalPath(all, root);
      let atNs = all[root]?.startNs;
      for (const { fromNs, toNs } of path) {
        expect(fromNs).toBe(atNs);
        expect(toNs).toBeGreaterThan(fromNs);
        atNs = toNs;
      }
      expect(atNs).toBe(all[root]?.endNs);
    }),
  );
});

test("criticalPath() of 50,000 generations ends", () => {
  const all = tasks(...Array.from({ length: 50_000 }, (_, i) => [i - 1, i, 100_000 - i] as const));
  expect(criticalPath(all, 0)).toHaveLength(2 * 50_000 - 1);
});

test("mainRoot() is the longest without a parent", () => {
  expect(mainRoot(tasks([-1, 0, 5], [-1, 0, 9], [1, 0, 99]))).toBe(1);
  expect(mainRoot([])).toBe(-1);
});

test("concurrency() counts those alive, and those of them without children alive", () => {
  expect(concurrency(tasks([-1, 0, 100], [0, 10, 50], [0, 20, 50], [1, 30, 40]))).toEqual({
    timesNs: [0, 10, 20, 30, 40, 50, 100],
    alive: [1, 2, 3, 4, 3, 1, 0],
    leaves: [1, 1, 2, 2, 2, 1, 0],
  });
});

test("concurrency() agrees with counting at each moment", () => {
  fc.assert(
    fc.property(anyTasks, (all) => {
      const { timesNs, alive, leaves } = concurrency(all);
      const isAlive = (task: PathTask | undefined, ns: number): boolean =>
        task !== undefined && task.startNs <= ns && ns < Math.max(task.endNs, task.startNs + 1);
      timesNs.forEach((ns, i) => {
        const now = all.filter((task) => isAlive(task, ns));
        expect(alive[i]).toBe(now.length);
        const parents = new Set(now.map((task) => task.parent));
        expect(leaves[i]).toBe(now.filter((task) => !parents.has(task.index)).length);
      });
    }),
  );
});

test("groupCommands() adds up by program, the most time first", () => {
  const task = { hasFailed: false, waitNs: undefined };
  const groups = groupCommands([
    { ...task, name: "ld", durationNs: 5 },
    { ...task, name: "cc", durationNs: 10, cpuNs: 4 },
    { ...task, name: "cc", durationNs: 30, cpuNs: undefined, hasFailed: true },
  ]);
  expect(groups).toEqual([
    {
      ...{ name: "cc", count: 2, failed: 1, totalNs: 40, cpuNs: 4 },
      ...{ p50Ns: 10, p90Ns: 30, p99Ns: 30, maxNs: 30 },
    },
    { name: "ld", count: 1, failed: 0, totalNs: 5, p50Ns: 5, p90Ns: 5, p99Ns: 5, maxNs: 5 },
  ]);
});

test("percentile() is a value that occurs", () => {
  expect([0, 0.5, 0.9, 1].map((part) => percentile([1, 2, 3, 4], part))).toEqual([1, 2, 4, 4]);
  expect(percentile([], 0.5)).toBe(0);
});
