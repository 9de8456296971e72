// Needs of the kernel: taskstats; CAP_NET_ADMIN.
import { spawn } from "node:child_process";
import {
  capability,
  initialNamespaces,
  kernelTest,
  openDescriptors,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import type { DelaysSource } from "../watcher/task-delays.ts";
import { type DelayRound, sampleDelays } from "./sample-delays.ts";

const NEEDS = [initialNamespaces, capability("CAP_NET_ADMIN")];

/** Looks at a process that computes, until it is gone. */
async function rounds(source: DelaysSource): Promise<DelayRound[]> {
  const child = spawn("sh", ["-c", "i=0; while [ $i -lt 2000000 ]; do i=$((i+1)); done"]);
  const told: DelayRound[] = [];
  for await (const round of sampleDelays([child.pid ?? 0], { intervalMs: 100, source })) {
    told.push(round);
  }
  return told;
}

function sum(numbers: readonly bigint[]): bigint {
  return numbers.reduce((all, one) => all + one, 0n);
}

for (const source of ["taskstats", "proc"] as const) {
  kernelTest(`sampleDelays() follows a process that computes, by ${source}`, NEEDS, async () => {
    const before = openDescriptors();
    const told = await rounds(source);
    const samples = told.flatMap((round) => round.samples);
    expect(told.at(-1)?.gone).toHaveLength(1);
    expect(samples[0]?.sinceStart).toBe(true);
    expect(samples.length).toBeGreaterThan(3);
    const inner = samples.slice(1, -1).map(({ accounting: { shares, wallNs = 0n } }) => {
      expect(wallNs).toBeGreaterThan(50_000_000n);
      return { wallNs, knownNs: shares.onCpuNs + shares.waitCpuNs };
    });
    // It computes, or waits for a CPU; it never sleeps. A wait counts once it is over, which may be some looks later.
    expect(sum(inner.map(({ knownNs }) => knownNs)) * 3n).toBeGreaterThan(
      sum(inner.map(({ wallNs }) => wallNs)),
    );
    expect(told[0]).toMatchObject({ source, elapsedNs: 0n });
    expect(openDescriptors()).toEqual(before);
  });
}
