import { assert, integer, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { of } from "../model/trace-text.fixture.ts";
import { buildModel, HOSTILE, hostileModel, modelOf, UNSEEN, written } from "./hostile.fixture.ts";
import { micros } from "./perfetto-events.ts";
import { writePerfetto } from "./perfetto.ts";

interface Event {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  readonly args?: Record<string, unknown>;
}

function events(text: string): Event[] {
  return (JSON.parse(text) as { traceEvents: Event[] }).traceEvents;
}

/** What the Trace Event Format asks of each kind. */
function complaint(event: Event): string | undefined {
  const { ph, name, pid, tid, ts, dur, id, args } = event;
  if (!"MXisfC".includes(ph) || typeof name !== "string") return `kind ${ph}`;
  if (!Number.isInteger(pid) || !Number.isInteger(tid) || tid >= 2 ** 32) return "track";
  if (ph !== "M" && typeof ts !== "number") return "no time";
  if (ph === "X" && !(typeof dur === "number" && dur >= 0)) return "no duration";
  if ((ph === "s" || ph === "f") && id === undefined) return "no id";
  if (ph === "C" && !Object.values(args ?? {}).every((n) => typeof n === "number")) return "count";
  return undefined;
}

describe("writePerfetto()", () => {
  test("gives each task a track with its life, and below it what it ran", async () => {
    const all = events(await written(writePerfetto, await buildModel()));
    const lives = all.filter(({ cat }) => cat === "task");
    expect(lives.map(({ name, tid, ts, dur }) => [name, tid, ts, dur])).toEqual([
      ["make", 10, 0, 990_000],
      ["cc", 11, 10_000, 890_000],
      ["as", 12, 100_000, 400_000],
    ]);
    expect(lives[2]?.args).toMatchObject({ onCpuNs: 100_000_000, end: "1" });
    const programs = all.filter(({ cat }) => cat === "exec").map(({ name }) => name);
    expect(programs.slice(0, 2)).toEqual(["make -j2", "cc -c it's.c"]);
  });

  test("draws an arrow from each fork to the child, both ends with one id", async () => {
    const all = events(await written(writePerfetto, await buildModel()));
    const arrows = all.filter(({ cat }) => cat === "fork");
    expect(arrows.map(({ ph, tid, ts }) => [ph, tid, ts])).toEqual([
      ["s", 10, 10_000],
      ["f", 11, 10_000],
      ["s", 11, 100_000],
      ["f", 12, 100_000],
    ]);
    expect(arrows[0]?.id).toBe(arrows[1]?.id);
  });

  test("counts the tasks alive, and the events lost", async () => {
    const all = events(await written(writePerfetto, await hostileModel(["a", "b"])));
    const counter = (wanted: string): unknown[] =>
      all.filter(({ ph, name }) => ph === "C" && name === wanted).map(({ args }) => args);
    expect(counter("tasks alive")).toEqual([1, 2, 3, 2, 1].map((tasks) => ({ tasks })));
    expect(counter("events lost")).toEqual([{ events: 0 }, { events: 7 }]);
  });

  test("keeps tasks apart whose pid is the same", async () => {
    const lines = ["1.1", "1.2", "1.3"].map((task, i) => ({
      type: "init",
      ...of(1, i),
      task,
    }));
    const lives = events(await written(writePerfetto, await modelOf(lines))).filter(
      ({ cat }) => cat === "task",
    );
    expect(new Set(lives.map(({ tid }) => tid)).size).toBe(3);
  });

  test("is of the format, has nothing unseen, and nests, whatever tasks are called", async () => {
    const text = await written(writePerfetto, await hostileModel());
    expect(text).not.toMatch(UNSEEN);
    // A reader that pairs surrogates fails on lone ones, also when they are escaped.
    expect(text).not.toMatch(/(?<!\\)\\u[dD][89a-fA-F]/u);
    const all = events(text);
    expect(all.map(complaint).filter(Boolean)).toEqual([]);
    expect(all.filter(({ cat }) => cat === "task")).toHaveLength(HOSTILE.length + 1);
    for (const life of all.filter(({ cat }) => cat === "task")) {
      const inside = all.filter(({ cat, tid }) => cat === "exec" && tid === life.tid);
      const end = (life.ts ?? 0) + (life.dur ?? 0);
      for (const { ts = -1, dur = 0 } of inside) {
        expect(ts).toBeGreaterThanOrEqual(life.ts ?? 0);
        expect(ts + dur).toBeLessThanOrEqual(end + 1e-9);
      }
    }
  });
});

test("micros() is exact to the nanosecond", () => {
  assert(
    property(integer({ min: -(2 ** 50), max: 2 ** 50 }), (ns) => {
      const [whole = "", rest = ""] = micros(ns).replace("-", "").split(".");
      expect(Number(whole + rest) * (ns < 0 ? -1 : 1)).toBe(ns === 0 ? 0 : ns);
    }),
  );
});
