import { expect, test } from "vitest";
import { RecentTimes } from "./recent-times.ts";

test("RecentTimes gives each time once, and forgets the oldest of more than a thousand", () => {
  const times = new RecentTimes();
  for (let i = 0; i < 1025; i++) times.add(BigInt(i));
  expect([0n, 1n, 1n, 1024n].map((time) => times.take(time))).toEqual([false, true, false, true]);
});
