import { expect, test } from "vitest";
import { FakeKernel } from "./fake-kernel.fixture.ts";
import { giveBack } from "./give-back.ts";

/** The kernel's exit_sem for one process: each semaphore in turn, clamped. */
function exitSem(values: readonly number[], adjusts: readonly number[]): number[] {
  return values.map((value, i) => Math.min(Math.max(value + (adjusts[i] ?? 0), 0), 32_767));
}

/** A small generator, so that a failure can be had again (Numerical Recipes' constants). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

const EDGES = [-32_768, -32_767, -1, 1, 2, 32_766, 32_767];

test("giveBack() leaves the values exit_sem would leave, and nothing in the record", () => {
  const below = random(1);
  for (let round = 0; round < 20_000; round++) {
    const kernel = new FakeKernel();
    const count = 1 + below(3);
    const pick = (edges: readonly number[], size: number, low: number): number =>
      below(2) === 0 ? (edges[below(edges.length)] ?? 0) : low + below(size);
    const values = Array.from({ length: count }, () => pick([0, 1, 32_766, 32_767], 32_768, 0));
    const adjusts = values.map(() => pick(EDGES, 65_536, -32_768)).map((adjust) => adjust || 1);
    kernel.make(1, values);
    const set = kernel.sets.get(1);
    set?.record.splice(0, count, ...adjusts);
    const given = giveBack(
      kernel,
      1,
      adjusts.map((adjust, i) => [i, adjust] as const),
    );
    const want = exitSem(values, adjusts);
    expect({ values: set?.values, record: set?.record }).toEqual({
      values: want,
      record: values.map(() => 0),
    });
    expect(given.map(({ dropped }) => dropped)).toEqual(
      values.map((value, i) => Math.abs(value + (adjusts[i] ?? 0) - (want[i] ?? 0))),
    );
  }
});

test("giveBack() holds while others change the value between its looks", () => {
  const below = random(2);
  for (let round = 0; round < 2000; round++) {
    const kernel = new FakeKernel();
    kernel.make(1, [below(4)]);
    const adjust = 1 - below(2) * 2 - below(8);
    if (adjust === 0) continue;
    const set = kernel.sets.get(1);
    set?.record.splice(0, 1, adjust);
    let before = 0;
    kernel.between = () => {
      if (below(3) > 0 && set) set.values = [below(12)];
      before = set?.values[0] ?? 0;
    };
    giveBack(kernel, 1, [[0, adjust]]);
    expect(set).toEqual({ values: exitSem([before], [adjust]), record: [0] });
  }
});

test("giveBack() gives all semaphores back in one operation when nothing is clamped", () => {
  const kernel = new FakeKernel();
  kernel.make(1, [5, 5]);
  kernel.sets.get(1)?.record.splice(0, 2, 2, -3);
  giveBack(kernel, 1, [
    [0, 2],
    [1, -3],
  ]);
  expect(kernel.operations).toBe(1);
  expect(kernel.sets.get(1)).toEqual({ values: [7, 2], record: [0, 0] });
});

test("giveBack() says what the record of this process had no room for", () => {
  const kernel = new FakeKernel();
  kernel.make(1, [20_000]);
  kernel.sets.get(1)?.record.splice(0, 1, 20_000);
  expect(giveBack(kernel, 1, [[0, -20_000]])).toEqual([
    { semaphore: 0, adjust: -20_000, dropped: 0, unrecorded: 20_000 },
  ]);
  expect(kernel.sets.get(1)).toEqual({ values: [0], record: [20_000] });
});

test("giveBack() of a set that is gone is an error", () => {
  expect(() => giveBack(new FakeKernel(), 3, [[0, 1]])).toThrow(
    expect.objectContaining({ code: "EINVAL" }),
  );
});
