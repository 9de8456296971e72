import * as fc from "fast-check";
import { expect, test } from "vitest";
import { account, add, NOTHING } from "./accounting.ts";
import { FIGURE_NAMES, type Figures } from "./figures.ts";
import { SHARE_NAMES, shareOut, type Shares } from "./shares.ts";

const figures: fc.Arbitrary<Figures> = fc
  .dictionary(fc.constantFrom(...FIGURE_NAMES), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }))
  .map((values) => ({ ...values }));

function sum(shares: Shares): bigint {
  return SHARE_NAMES.reduce((total, name) => total + shares[name], 0n);
}

test("shareOut() always adds up to the time there was, and no share is negative", () => {
  fc.assert(
    fc.property(figures, (given) => {
      const { shares, overlapNs } = shareOut(given);
      expect(sum(shares)).toBe(given.wallNs ?? 0n);
      for (const name of SHARE_NAMES) expect(shares[name]).toBeGreaterThanOrEqual(0n);
      expect(overlapNs).toBeGreaterThanOrEqual(0n);
    }),
  );
});

test("shareOut() accounts for every nanosecond of the figures: shared or overlap", () => {
  fc.assert(
    fc.property(figures, (given) => {
      const { shares, overlapNs } = shareOut(given);
      const waits = SHARE_NAMES.filter((name) => name !== "asleepNs");
      const counted = waits.reduce((total, name) => total + (given[name] ?? 0n), 0n);
      // Without a time there is nothing to share.
      const known = given.wallNs === undefined ? 0n : counted;
      expect(sum(shares) - shares.asleepNs + overlapNs).toBe(known);
    }),
  );
});

test("shareOut() gives what is left to sleep", () => {
  const { shares, overlapNs } = shareOut({
    wallNs: 100n,
    onCpuNs: 30n,
    waitCpuNs: 20n,
    blkioNs: 10n,
  });
  expect(shares).toMatchObject({ onCpuNs: 30n, waitCpuNs: 20n, blkioNs: 10n, asleepNs: 40n });
  expect(overlapNs).toBe(0n);
});

test("shareOut() counts a wait for swap once, though it is thrashing and block I/O too", () => {
  const { shares, overlapNs } = shareOut({
    wallNs: 100n,
    swapinNs: 30n,
    thrashingNs: 40n,
    blkioNs: 50n,
  });
  expect(shares).toMatchObject({ swapinNs: 30n, thrashingNs: 10n, blkioNs: 10n, asleepNs: 50n });
  expect(overlapNs).toBe(70n);
});

test("shareOut() leaves out what does not fit: it was on a CPU", () => {
  const { shares, overlapNs } = shareOut({ wallNs: 100n, onCpuNs: 95n, reclaimNs: 60n });
  expect(shares).toMatchObject({ onCpuNs: 95n, reclaimNs: 5n, asleepNs: 0n });
  expect(overlapNs).toBe(55n);
});

test("add() adds up, takes the larger peak, and knows what is missing of either", () => {
  const a = account({ wallNs: 100n, onCpuNs: 40n, peakRssBytes: 7n }, { blkioNs: "switched-off" });
  const b = account({ wallNs: 50n, onCpuNs: 10n, blkioNs: 20n, peakRssBytes: 9n });
  expect(add(a, b)).toEqual({
    ...{ tasks: 2, wallNs: 150n, onCpuNs: 50n, blkioNs: 20n, peakRssBytes: 9n, overlapNs: 0n },
    shares: { ...NOTHING.shares, onCpuNs: 50n, blkioNs: 20n, asleepNs: 80n },
    missing: { blkioNs: "switched-off" },
  });
  expect(add(NOTHING, a)).toEqual(a);
});

test("add() keeps the sum of shares equal to the sum of times", () => {
  fc.assert(
    fc.property(fc.array(figures), (all) => {
      const total = all.map((one) => account(one)).reduce(add, NOTHING);
      expect(sum(total.shares)).toBe(total.wallNs ?? 0n);
      expect(total.tasks).toBe(all.length);
    }),
  );
});
