import { expect, test, vi } from "vitest";
import { BootTime, sameStart } from "./boot-time.ts";

/** What CLOCK_BOOTTIME is ahead, and the time on CLOCK_MONOTONIC; nanoseconds. */
const clock = vi.hoisted(() => ({ offsetNs: 0n, nowNs: 0n }));

vi.mock("@task-watchers/linux/clock", () => ({
  clockOffsets: () => ({ realtimeNs: 0n, boottimeNs: clock.offsetNs }),
  monotonicNs: () => clock.nowNs,
}));

test("BootTime.ticks() counts hundredths of a second since boot, suspends included", () => {
  clock.offsetNs = 2_000_000_000n;
  const boot = new BootTime();
  expect(boot.ticks(1_000_000_000n)).toBe(300);
  expect(boot.ticks(1_009_999_999n)).toBe(300);
  expect(boot.ticks(1_010_000_000n)).toBe(301);
});

test("BootTime.ticks() believes an offset for a second, then notices that the machine was suspended", () => {
  clock.offsetNs = 0n;
  const boot = new BootTime();
  expect(boot.ticks(1_000_000_000n)).toBe(100);
  clock.offsetNs = 60_000_000_000n;
  expect(boot.ticks(1_500_000_000n)).toBe(150);
  expect(boot.ticks(2_000_000_000n)).toBe(6200);
  clock.offsetNs = 70_000_000_000n;
  expect(boot.ticks(3_000_000_000n)).toBe(7300);
});

test("BootTime.monotonicNs() is the start of the tick, by the offset of now", () => {
  clock.offsetNs = 2_000_000_000n;
  clock.nowNs = 9_000_000_000n;
  const boot = new BootTime();
  expect(boot.monotonicNs(300)).toBe(1_000_000_000n);
  clock.offsetNs = 0n;
  clock.nowNs = 10_000_000_000n;
  expect(boot.monotonicNs(300)).toBe(3_000_000_000n);
});

test("sameStart() allows an event to be told 100 ms off, and no more", () => {
  expect(sameStart(500, 500)).toBe(true);
  expect(sameStart(500, 501)).toBe(true);
  expect(sameStart(501, 500)).toBe(true);
  expect(sameStart(500, 510)).toBe(true);
  expect(sameStart(500, 511)).toBe(false);
  expect(sameStart(511, 500)).toBe(false);
});
