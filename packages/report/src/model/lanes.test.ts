import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { PathTask } from "./critical-path.ts";
import { layLanes } from "./lanes.ts";

function tasks(...all: readonly (readonly [parent: number, start: number, end: number])[]) {
  return all.map(([parent, startNs, endNs], index) => ({ index, parent, startNs, endNs }));
}

/** `make` that runs three compilers, each with a child: the third begins when the first has ended. */
const BUILD = tasks(
  [-1, 0, 100],
  [0, 1, 40],
  [1, 2, 30],
  [0, 1, 60],
  [3, 2, 50],
  [0, 40, 90],
  [5, 41, 80],
);

test("layLanes() gives each task a lane, children below their parent", () => {
  const { rows, rowOf, heads, bars } = layLanes(BUILD, { isPacked: () => false });
  expect(rows).toBe(7);
  expect([...rowOf]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(heads.map((head) => head.depth)).toEqual([0, 1, 2, 1, 2, 1, 2]);
  expect(bars[3]).toEqual([3]);
});

test("layLanes() packs what does not overlap into the same lanes", () => {
  const { rows, rowOf, heads, bars } = layLanes(BUILD, { isPacked: (index) => index === 0 });
  expect(rows).toBe(5);
  expect([...rowOf]).toEqual([0, 1, 2, 3, 4, 1, 2]);
  expect(heads).toEqual([{ row: 0, index: 0, depth: 0, packedRows: 4 }]);
  expect(bars[1]).toEqual([1, 5]);
});

test("layLanes() leaves out what is not shown, and keeps its children", () => {
  const isShown = (index: number): boolean => index !== 1 && index !== 5;
  const { rowOf, heads } = layLanes(BUILD, { isPacked: () => false, isShown });
  expect([...rowOf]).toEqual([0, -1, 3, 1, 2, -1, 4]);
  expect(heads.find((head) => head.index === 2)?.depth).toBe(1);
});

test("layLanes() never lets bars of one lane cover each other", () => {
  const anyTasks = fc
    .array(fc.tuple(fc.nat(), fc.nat(50), fc.nat(50)), { maxLength: 40 })
    .map((all) =>
      all.map(([parent, startNs, length], index): PathTask => {
        const isRoot = index === 0 || parent % 5 === 0;
        return { index, parent: isRoot ? -1 : parent % index, startNs, endNs: startNs + length };
      }),
    );
  fc.assert(
    fc.property(anyTasks, fc.func(fc.boolean()), fc.func(fc.boolean()), (all, packed, shown) => {
      const { rowOf, rows, bars } = layLanes(all, {
        isPacked: (index) => packed(index),
        isShown: (index) => shown(index),
      });
      for (const { index } of all) expect((rowOf[index] ?? -1) >= 0).toBe(shown(index));
      expect(bars).toHaveLength(rows);
      expect(bars.every((bar) => bar.length > 0)).toBe(true);
      for (const bar of bars) {
        for (const [i, index] of bar.entries()) {
          const next = all[bar[i + 1] ?? -1];
          if (next) expect(all[index]?.endNs).toBeLessThanOrEqual(next.startNs);
        }
      }
    }),
  );
});

test("layLanes() lays 20,000 generations, and 20,000 tasks at once", () => {
  const chain = tasks(...Array.from({ length: 20_000 }, (_, i) => [i - 1, i, 50_000 - i] as const));
  expect(layLanes(chain, { isPacked: () => true }).rows).toBe(20_000);
  const crowd = tasks([-1, 0, 9], ...Array.from({ length: 20_000 }, () => [0, 1, 8] as const));
  expect(layLanes(crowd, { isPacked: () => true }).rows).toBeLessThan(600);
}, 60_000);
