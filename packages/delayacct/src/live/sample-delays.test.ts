import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { difference } from "./difference.ts";
import type { LiveLook, LiveSource } from "./live-look.ts";
import { sampleDelays, type SampleOptions, Series } from "./sample-delays.ts";

function setUp() {
  const there = new Map<number, LiveLook>();
  const source: LiveSource = {
    source: "taskstats",
    look: (pid) => Promise.resolve(there.get(pid)),
    forget: () => {},
    close: () => {},
  };
  const set = (pid: number, startTicks: number, figures: LiveLook["figures"]): void => {
    there.set(pid, { startTicks, figures, isDelayed: true, reasons: {} });
  };
  return { there, set, series: new Series(source) };
}

test("difference() is what came in between, and the later peak", () => {
  const earlier = { onCpuNs: 5n, blkioNs: 9n, peakRssBytes: 100n };
  const later = { onCpuNs: 7n, blkioNs: 3n, peakRssBytes: 120n, userNs: 4n };
  expect(difference(earlier, later)).toEqual({
    figures: { onCpuNs: 2n, peakRssBytes: 120n, userNs: 4n },
    missing: { blkioNs: "went-back" },
  });
});

test("A series tells of lives so far first, then of the time between", async () => {
  const { series, set } = setUp();
  set(10, 100, { wallNs: 1000n, onCpuNs: 100n });
  expect((await series.round([10])).samples).toMatchObject([
    { pid: 10, task: "10.100", sinceStart: true, accounting: { wallNs: 1000n, onCpuNs: 100n } },
  ]);
  set(10, 100, { wallNs: 1500n, onCpuNs: 400n });
  const { samples } = await series.round([10, 10]);
  expect(samples).toMatchObject([{ accounting: { wallNs: 500n, onCpuNs: 300n } }]);
  expect(samples[0]).not.toHaveProperty("sinceStart");
  expect(samples[0]?.accounting.shares).toMatchObject({ onCpuNs: 300n, asleepNs: 200n });
});

test("A pid that another process has now begins anew", async () => {
  const { series, set } = setUp();
  set(10, 100, { wallNs: 1000n });
  await series.round([10]);
  set(10, 700, { wallNs: 30n });
  expect((await series.round([10])).samples).toMatchObject([
    { task: "10.700", sinceStart: true, accounting: { wallNs: 30n } },
  ]);
});

test("A series says who is gone", async () => {
  const { series, set, there } = setUp();
  set(10, 100, { wallNs: 1000n });
  set(11, 100, { wallNs: 1000n });
  await series.round([10, 11]);
  there.delete(10);
  expect(await series.round([10, 11])).toMatchObject({ samples: [{ pid: 11 }], gone: [10] });
  expect(await series.round([10, 11])).toMatchObject({ gone: [] });
});

test.each([0, -1, 1.5, Number.NaN])("sampleDelays() takes no process id %s", async (pid) => {
  await expect(sampleDelays([pid]).next()).rejects.toThrow(RangeError);
});

test("sampleDelays() takes no interval of 0", async () => {
  await expect(sampleDelays([1], { intervalMs: 0 }).next()).rejects.toThrow(
    "intervalMs must be from 10 to 3600000, got 0",
  );
});

test("sampleDelays() refuses what is no source, and no interval", async () => {
  const wrong = { source: "bogus" } as unknown;
  await expect(sampleDelays([1], wrong as SampleOptions).next()).rejects.toThrow(
    'source must be "auto", "taskstats" or "proc", got bogus',
  );
  const text = { intervalMs: "500" } as unknown;
  await expect(sampleDelays([1], text as SampleOptions).next()).rejects.toThrow(TypeError);
});

test("sampleDelays() says whose thread it was given", async () => {
  const tid = readdirSync("/proc/self/task")
    .map(Number)
    .find((one) => one !== process.pid);
  await expect(sampleDelays([tid ?? 0]).next()).rejects.toMatchObject({
    name: "NotAProcessError",
    code: "EINVAL",
    tid,
    pid: process.pid,
  });
});
