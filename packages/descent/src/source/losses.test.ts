import { expect, test } from "vitest";
import type { Evidence } from "./evidence.ts";
import { Losses } from "./losses.ts";

const SECOND = 1_000_000_000n;

test("a loss is told once: at a sign of it, a second after the last look, or at the end", () => {
  let [isNoticed, lost] = [false, 0];
  const evidence = {
    noticedLoss: () => isNoticed,
    get lost() {
      return lost;
    },
  } as Evidence;
  const losses = new Losses(0n);
  lost = 3;
  expect(losses.take(evidence, 1n, false)).toBeUndefined();
  expect(losses.take(evidence, SECOND, false)).toMatchObject({ count: 3, untilNs: SECOND });
  lost = 4;
  expect(losses.take(evidence, SECOND + 1n, false)).toBeUndefined();
  isNoticed = true;
  expect(losses.take(evidence, SECOND + 2n, false)).toMatchObject({ count: 1, sinceNs: SECOND });
  isNoticed = false;
  lost = 9;
  expect(losses.take(evidence, SECOND + 3n, false)).toBeUndefined();
  expect(losses.take(evidence, SECOND + 4n, true)).toMatchObject({ count: 5 });
  expect(losses.take(evidence, SECOND + 5n, true)).toBeUndefined();
});
