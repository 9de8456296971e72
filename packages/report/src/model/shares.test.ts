import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SHARES, shareOut } from "./shares.ts";
import { DELAY_FIGURES } from "./trace-model.ts";

test("shareOut() deals the time out once", () => {
  const figures = { wallNs: 100, onCpuNs: 30, irqNs: 1, waitCpuNs: 20, blkioNs: 15, swapinNs: 10 };
  expect(shareOut(figures)).toEqual({ onCpu: 31, waitCpu: 20, io: 15, memory: 0, asleep: 34 });
  expect(shareOut({ wallNs: 10, onCpuNs: 8, reclaimNs: 9 })).toMatchObject({
    memory: 2,
    asleep: 0,
  });
  expect(shareOut({ onCpuNs: 5 })).toBeUndefined();
});

test("shareOut() always adds up to the whole", () => {
  const figure = fc.option(fc.nat(), { nil: undefined });
  const figures = fc.record(Object.fromEntries(DELAY_FIGURES.map((name) => [name, figure])));
  fc.assert(
    fc.property(figures, fc.nat(), (figures, wallNs) => {
      const shares = shareOut(JSON.parse(JSON.stringify({ ...figures, wallNs })));
      expect(SHARES.reduce((sum, name) => sum + (shares?.[name] ?? NaN), 0)).toBe(wallNs);
    }),
  );
});
