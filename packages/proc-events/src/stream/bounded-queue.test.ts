import * as fc from "fast-check";
import { expect, test } from "vitest";
import { BoundedQueue } from "./bounded-queue.ts";

/** Numbers; negative ones are precious. A text stands for what was dropped. */
function queueOf(limit: number): BoundedQueue<number | string> {
  return new BoundedQueue<number | string>({
    limit,
    isPrecious: (item) => typeof item === "number" && item < 0,
    isLoss: () => false,
    reasonOf: () => "",
    lost: (dropped, before) => (before === undefined ? `lost ${dropped}` : `${before} ${dropped}`),
  });
}

function everythingOf<T>(queue: BoundedQueue<T>): T[] {
  const items: T[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
}

test("BoundedQueue gives back in order what it took", () => {
  const queue = queueOf(1000);
  for (let n = 1; n <= 300; n++) queue.push(n);
  expect(queue.length).toBe(300);
  expect(everythingOf(queue)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
  expect(queue.shift()).toBeUndefined();
});

test("BoundedQueue keeps its last quarter for what is precious, and one marker for what is dropped", () => {
  const queue = queueOf(4);
  for (const item of [1, 2, 3, 4, -5, 6, -7]) queue.push(item);
  expect(everythingOf(queue)).toEqual([1, 2, 3, "lost 4 -5 6 -7"]);
  const roomy = queueOf(8);
  for (const item of [1, 2, 3, 4, 5, 6, 7, -8, 9, -10]) roomy.push(item);
  expect(everythingOf(roomy)).toEqual([1, 2, 3, 4, 5, 6, "lost 7 9 -10", -8]);
  expect(roomy.dropped).toBe(3);
});

test("BoundedQueue begins another marker after there was room again", () => {
  const queue = queueOf(4);
  for (const item of [1, 2, 3, 4]) queue.push(item);
  expect(queue.shift()).toBe(1);
  expect(queue.shift()).toBe(2);
  for (const item of [5, 6]) queue.push(item);
  expect(everythingOf(queue)).toEqual([3, "lost 4", 5, "lost 6"]);
});

test("BoundedQueue begins another marker after one was read", () => {
  const queue = queueOf(1);
  queue.push(1);
  queue.push(2);
  expect([queue.shift(), queue.shift()]).toEqual([1, "lost 2"]);
  queue.push(3);
  queue.push(4);
  expect(everythingOf(queue)).toEqual([3, "lost 4"]);
});

/** Texts weigh what they have in characters; one that begins with a capital is precious, one with a digit a loss. */
function weighing(limit: number, maxWeight: number): BoundedQueue<string> {
  return new BoundedQueue<string>({
    limit,
    maxWeight,
    weigh: (item) => (/^[a-z]+$/iu.test(item) ? item.length : 0),
    isPrecious: (item) => /^[A-Z0-9]/u.test(item),
    isLoss: (item) => /^\d/u.test(item),
    reasonOf: (item) => (/^\d/u.test(item) ? item.slice(0, 1) : "dropped"),
    lost: (item, before) => (before === undefined ? `(${item})` : `${before}+(${item})`),
  });
}

test("BoundedQueue keeps its last quarter of weight for what is precious", () => {
  const queue = weighing(100, 8);
  for (const item of ["aaaaa", "bb", "C", "D", "E", "f", "G"]) queue.push(item);
  expect(queue.dropped).toBe(3);
  expect(everythingOf(queue)).toEqual(["aaaaa", "(bb)", "C", "D", "E", "(f)+(G)"]);
  queue.push("aaaaaa");
  expect(everythingOf(queue)).toEqual(["aaaaaa"]);
});

test("BoundedQueue keeps losses apart by their reason, once each, and drops none", () => {
  const queue = weighing(1, 100);
  for (const item of ["a", "1x", "b", "2x", "1y", "c", "2y"]) queue.push(item);
  expect(queue).toMatchObject({ length: 4, dropped: 2 });
  expect([queue.shift(), queue.shift()]).toEqual(["a", "(1x)+(1y)"]);
  // It has been read in part: what comes now stands behind the rest of it.
  for (const item of ["d", "1z"]) queue.push(item);
  expect(queue).toMatchObject({ length: 4, dropped: 3 });
  expect(everythingOf(queue)).toEqual(["(b)+(c)", "(2x)+(2y)", "(d)", "(1z)"]);
  expect(queue.length).toBe(0);
  queue.push("a");
  for (const item of ["b", "1x"]) queue.push(item);
  expect(queue.clear()).toBe(3);
  expect(queue.length).toBe(0);
});

test("BoundedQueue stays in bounds, whatever losses come, and forgets none", () => {
  const step = fc.constantFrom("a", "C", "1", "2", "shift");
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(step, { maxLength: 300 }),
      (limit, steps) => {
        const queue = weighing(limit, 15);
        const out: string[] = [];
        let taken = 0;
        for (const step of steps) {
          if (step !== "shift") queue.push(step);
          else if (queue.length > 0) out.push(queue.shift() ?? "");
          taken += step === "shift" ? 0 : 1;
          // Three reasons, and so at most three markers in each place.
          expect(queue.length).toBeLessThanOrEqual(3 * (limit + 1));
        }
        out.push(...everythingOf(queue));
        const all = out.join("");
        expect(all.replaceAll(/[()+]/gu, "")).toHaveLength(taken);
        for (const loss of "12") {
          expect(all.split(loss)).toHaveLength(steps.filter((step) => step === loss).length + 1);
        }
        for (const marker of out) expect(new Set(marker.match(/[12]|[aC]/gu)).size).toBeLessThan(3);
        expect(out.filter((marker) => /[12]/u.test(marker) && /[aC]/u.test(marker))).toEqual([]);
      },
    ),
  );
});

test("BoundedQueue refuses a limit that is none", () => {
  for (const limit of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => queueOf(limit)).toThrow(
      `queueLimit must be a whole number from 1 on, got ${limit}`,
    );
  }
});

test("BoundedQueue accounts for everything, never reorders and never outgrows its limit", () => {
  const step = fc.oneof(fc.constant("push"), fc.constant("push precious"), fc.constant("shift"));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(step, { maxLength: 400 }),
      (limit, steps) => {
        const counting = new BoundedQueue<{
          readonly n: number;
          readonly lost: number;
          precious?: boolean;
        }>({
          limit,
          isPrecious: ({ precious }) => precious === true,
          isLoss: () => false,
          reasonOf: () => "",
          lost: ({ n }, before) => ({ n, lost: (before?.lost ?? 0) + 1 }),
        });
        let pushed = 0;
        const out: Array<{ readonly n: number; readonly lost: number }> = [];
        for (const step of steps) {
          if (step === "shift") {
            const item = counting.shift();
            if (item !== undefined) out.push(item);
          } else {
            counting.push({ n: pushed++, lost: 0, precious: step === "push precious" });
          }
          expect(counting.length).toBeLessThanOrEqual(limit + 1);
        }
        out.push(...everythingOf(counting));
        const kept = out.filter(({ lost }) => lost === 0).map(({ n }) => n);
        expect(kept).toEqual(kept.toSorted((a, b) => a - b));
        const lost = out.reduce((sum, item) => sum + item.lost, 0);
        expect(kept.length + lost).toBe(pushed);
        expect(lost).toBe(counting.dropped);
      },
    ),
  );
});
