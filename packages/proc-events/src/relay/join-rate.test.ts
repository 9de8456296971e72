import { expect, test } from "vitest";
import { JoinRate } from "./join-rate.ts";

test("count() refuses a user that begins too many sessions in a second, and no other", () => {
  const rate = new JoinRate(2);
  rate.count(1000, 5_000_000_000n);
  rate.count(1000, 5_900_000_000n);
  expect(() => rate.count(1000, 5_999_999_999n)).toThrow(/user 1000 began 2 sessions/u);
  rate.count(1001, 5_999_999_999n);
  rate.count(1000, 6_000_000_000n);
});
