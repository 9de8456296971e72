import { expect, test } from "vitest";
import { pidRoundNs } from "./pid-round.ts";

test("pidRoundNs() is longer with more pids, and shorter with more CPUs", () => {
  expect(pidRoundNs(2, "32768\n")).toBe(327_680_000n);
  expect(pidRoundNs(64, "4194304\n")).toBe(1_310_720_000n);
  expect(pidRoundNs(2, "")).toBe(327_680_000n);
  expect(pidRoundNs(1)).toBeGreaterThan(0n);
});
