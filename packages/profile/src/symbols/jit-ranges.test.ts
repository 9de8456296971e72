import * as fc from "fast-check";
import { expect, test } from "vitest";
import { JitRanges } from "./jit-ranges.ts";

test("JitRanges.find() agrees with a look at every range, however many there are", () => {
  const seeds = fc.record({ ranges: fc.integer({ min: 1000, max: 4000 }), seed: fc.nat() });
  fc.assert(
    fc.property(seeds, ({ ranges, seed }) => {
      const told = new JitRanges();
      const all: [number, number][] = [];
      let random = seed;
      const next = (below: number): number => {
        random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
        return (random >>> 8) % below;
      };
      for (let i = 0; i < ranges; i++) {
        const start = next(20_000);
        const end = start + 1 + next(i % 10 === 0 ? 5000 : 50);
        told.add(start, end);
        all.push([start, end]);
        if (next(100) > 0) continue;
        const address = next(25_000);
        const last = all.findLastIndex(([from, to]) => address >= from && address < to);
        expect(told.find(address)).toBe(last < 0 ? undefined : last);
      }
    }),
    { numRuns: 20 },
  );
});

test("JitRanges.find() goes by the later of ranges that begin or end together", () => {
  const told = new JitRanges();
  for (let i = 0; i < 2000; i++) told.add(1, 2);
  told.add(10, 20);
  told.add(10, 15);
  told.add(15, 20);
  told.add(20, 30);
  for (let i = 0; i < 2000; i++) told.add(1, 2);
  expect([9, 10, 14, 15, 19, 20, 29, 30].map((address) => told.find(address))).toEqual([
    undefined,
    2001,
    2001,
    2002,
    2002,
    2003,
    2003,
    undefined,
  ]);
});
