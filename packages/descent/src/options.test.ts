import { expect, test } from "vitest";
import { openDescent } from "./open-descent.ts";

for (const [option, wrong, says] of [
  ["onExec", 1, "onExec must be a function, got number"],
  ["onRoot", "x", "onRoot must be a function, got string"],
  ["exits", 1, "exits must be true or false, got 1"],
  ["perf", "no", "perf must be true or false, got no"],
  ["ringPages", 3, "ringPages must be a power of two from 1 to 262144, got 3"],
  ["ringPages", 0.5, "got 0.5"],
] as const) {
  test(`openDescent() refuses ${option} ${JSON.stringify(wrong)}`, async () => {
    await expect(openDescent({ [option]: wrong })).rejects.toThrow(says);
  });
}
