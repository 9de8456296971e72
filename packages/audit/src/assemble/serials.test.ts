import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Serials } from "./serials.ts";

function see(...list: number[]): Serials {
  const serials = new Serials();
  for (const serial of list) serials.see(serial);
  serials.settle();
  return serials;
}

describe("Serials", () => {
  test("counts what never came, and not what came late", () => {
    expect(see(5, 6, 9, 8, 12).missing).toBe(3);
    expect(see(5, 5, 5).missing).toBe(0);
  });

  test("takes the first one it sees for the beginning", () => {
    expect(see(1_000_000, 1_000_002).missing).toBe(1);
    expect(see(10, 9, 8, 11).missing).toBe(0);
  });

  test("counts over the end of 32 bits", () => {
    expect(see(0xffff_fffe, 0xffff_ffff, 0, 1)).toMatchObject({ missing: 0, restarts: 0 });
    expect(see(0xffff_fffd, 2)).toMatchObject({ missing: 4, restarts: 0 });
    expect(see(0xffff_ffff, 1, 0)).toMatchObject({ missing: 0, restarts: 0 });
  });

  test("counts a gap that is longer than what it looks at together", () => {
    expect(see(1, 100_001).missing).toBe(99_999);
  });

  test("begins anew after another boot, whichever way the serials jump", () => {
    expect(see(50_000_000, 50_000_002, 1, 2, 4)).toMatchObject({ missing: 2, restarts: 1 });
    expect(see(1, 50_000_000)).toMatchObject({ missing: 0, restarts: 1 });
  });

  test("takes one that comes after it was settled for none to come", () => {
    const serials = see(10, 12);
    serials.see(11);
    serials.see(11 + 8193);
    serials.settle();
    expect(serials.missing).toBe(1 + 8191);
  });

  test("waits for a serial of another CPU before it counts it", () => {
    const serials = new Serials();
    serials.see(1);
    serials.see(3);
    serials.settleMarked();
    serials.mark();
    expect(serials.missing).toBe(0);
    serials.see(5);
    serials.settleMarked();
    expect(serials.missing).toBe(1);
    serials.settle();
    expect(serials.missing).toBe(2);
  });

  test("counts exactly what was taken away, in whatever order the rest comes", () => {
    const run = fc.record({
      start: fc.constantFrom(1, 77, 0xffff_ff00),
      count: fc.integer({ min: 2, max: 20_000 }),
      seed: fc.integer({ min: 1, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(run, ({ start, count, seed }) => {
        let state = seed;
        const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
        const sent: { at: number; serial: number }[] = [];
        for (let index = 0; index < count; index++) {
          // The first and the last come: what is missing outside of them nobody can know.
          const isEdge = index === 0 || index === count - 1;
          if (!isEdge && random() < 0.2) continue;
          const at = index + (index === 0 ? 0 : 1 + random() * 3000);
          sent.push({ at, serial: (start + index) >>> 0 });
        }
        sent.sort((a, b) => a.at - b.at);
        expect(see(...sent.map(({ serial }) => serial)).missing).toBe(count - sent.length);
      }),
      { numRuns: 50 },
    );
  });
});
