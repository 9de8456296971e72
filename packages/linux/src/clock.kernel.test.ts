// Needs: nothing but Linux.
import { readFileSync } from "node:fs";
import { kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { clockOffsets, jiffyNs, monotonicNs } from "./clock.ts";

const MS = 1_000_000n;

/** A few tries, as the machine may do something else between two readings. */
function closest(difference: () => bigint): bigint {
  const tries = Array.from({ length: 5 }, difference).map((value) => (value < 0n ? -value : value));
  return tries.reduce((least, value) => (value < least ? value : least));
}

kernelTest("boottimeNs leads to the clock of /proc/uptime, which counts in 1/100 s", [], () => {
  const off = closest(() => {
    const uptime = readFileSync("/proc/uptime", "utf8").split(" ")[0] ?? "";
    const uptimeNs = BigInt(Math.round(Number(uptime) * 100)) * 10n * MS;
    return monotonicNs() + clockOffsets().boottimeNs - uptimeNs;
  });
  expect(off).toBeLessThan(20n * MS);
});

kernelTest("realtimeNs leads to the wall clock", [], () => {
  const off = closest(() => monotonicNs() + clockOffsets().realtimeNs - BigInt(Date.now()) * MS);
  expect(off).toBeLessThan(5n * MS);
});

kernelTest("monotonicNs() is the kernel's CLOCK_MONOTONIC, never behind boot time", [], () => {
  const before = monotonicNs();
  expect(clockOffsets().boottimeNs).toBeGreaterThanOrEqual(-MS);
  expect(monotonicNs()).toBeGreaterThan(before);
});

kernelTest("jiffyNs() is one over a rate that the kernel can be built with", [], () => {
  // kernel/Kconfig.hz, and 1024 and 1200 of some architectures. TICK_NSEC is rounded.
  const rates = [24, 48, 100, 128, 250, 256, 300, 1000, 1024, 1200];
  expect(rates.map((hz) => Math.round(1e9 / hz))).toContain(Number(jiffyNs()));
});
