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

for (const source of ["taskstats", "proc"] as const) {
  kernelTest(`sampleDelays() follows a process that computes, by ${source}`, NEEDS, async () => {
    const before = openDescriptors();
    const told = await rounds(source);
    const samples = told.flatMap((round) => round.samples);
    expect(told.at(-1)?.gone).toHaveLength(1);
    expect(samples[0]?.sinceStart).toBe(true);
    expect(samples.length).toBeGreaterThan(3);
    for (const { accounting } of samples.slice(1, -1)) {
      const { shares, wallNs = 0n } = accounting;
      expect(wallNs).toBeGreaterThan(50_000_000n);
      // It computes, or waits for a CPU; it never sleeps.
      expect((shares.onCpuNs + shares.waitCpuNs) * 3n).toBeGreaterThan(wallNs);
    }
    expect(told[0]).toMatchObject({ source, elapsedNs: 0n });
    expect(openDescriptors()).toEqual(before);
  });
}
