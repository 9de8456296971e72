import * as fc from "fast-check";
import { expect, test } from "vitest";
import { anyProfile, emptyProfile, exampleProfile, weightsByTask } from "./profile.fixture.ts";
import { toTraceEvents } from "./trace-events.ts";

interface Event {
  readonly ph: "M" | "X";
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: { readonly cpuNs: number; readonly task?: string; readonly name?: string };
}

function eventsOf(text: string): readonly Event[] {
  return (JSON.parse(text) as { traceEvents: readonly Event[] }).traceEvents;
}

test("toTraceEvents() makes a track for each task, with its stack as nested slices", () => {
  const events = eventsOf(toTraceEvents(exampleProfile()));
  const slices = events.filter(({ ph, tid }) => ph === "X" && tid === 10);
  expect(slices.map(({ name, ts, dur, args }) => [name, ts, dur, args.cpuNs])).toEqual([
    ["main", 990_000, 70_000, 70_000_000],
    ["work", 990_000, 60_000, 60_000_000],
    ["idle()", 1_050_000, 10_000, 10_000_000],
  ]);
  expect(slices.map(({ args }) => args.task)).toEqual(["10-1000", undefined, undefined]);
  // Between its two samples, task 11 was not found on a CPU.
  const apart = events.filter(({ ph, tid, name }) => ph === "X" && tid === 11 && name === "main");
  expect(apart.map(({ ts, dur }) => [ts, dur])).toEqual([
    [1_060_000, 10_000],
    [1_080_000, 10_000],
  ]);
  const named = events.filter(({ ph }) => ph === "M");
  expect(named.map(({ name, pid, tid, args }) => [name, pid, tid, args.name])).toEqual([
    ["process_name", 10, 10, "make"],
    ["thread_name", 10, 10, "make 10"],
    ["process_name", 11, 11, "cc"],
    ["thread_name", 11, 11, "cc 11"],
    ["thread_name", 11, 12, "cc 12"],
  ]);
});

test("toTraceEvents() of no samples says so", () => {
  expect(JSON.parse(toTraceEvents(emptyProfile()))).toMatchObject({
    traceEvents: [],
    otherData: { notes: "no samples were taken\nnot permitted" },
  });
});

test("toTraceEvents() keeps the weight of every task, and its slices nest", () => {
  fc.assert(
    fc.property(anyProfile, (profile) => {
      const text = toTraceEvents(profile);
      // A lone surrogate would not survive being written as UTF-8.
      expect(text).not.toMatch(/\p{Cs}/u);
      const slices = eventsOf(text).filter(({ ph }) => ph === "X");
      const found = profile.tasks.map(({ id }) =>
        slices
          .filter(({ args }) => args.task === id)
          .reduce((sum, { args }) => sum + args.cpuNs, 0),
      );
      expect(found).toEqual(weightsByTask(profile));
      let open: { until: number }[] = [];
      for (const { ts, dur, args } of slices) {
        // Slices come task by task, each task's beginning with a root.
        if (args.task !== undefined) open = [];
        open = open.filter(({ until }) => until > ts);
        expect(dur).toBeGreaterThanOrEqual(0);
        for (const { until } of open) expect(ts + dur).toBeLessThanOrEqual(until);
        open.push({ until: ts + dur });
      }
    }),
  );
});
