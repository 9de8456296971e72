import type { AnyLine } from "@task-watchers/trace";
import { describe, expect, test } from "vitest";
import { HOSTILE, hostileModel, modelOf, UNSEEN } from "../export/hostile.fixture.ts";
import type { TraceModel } from "../model/trace-model.ts";
import { delays, HEADER, of, SUMMARY } from "../model/trace-text.fixture.ts";
import { compareTraces } from "./compare-traces.ts";
import { comparisonMarkdown } from "./comparison-markdown.ts";
import { comparisonText } from "./comparison-text.ts";

interface Run {
  readonly argv: readonly string[];
  readonly from: number;
  readonly until: number;
  readonly code?: number;
  readonly onCpu?: number;
  readonly parent?: number;
}

/** A `make` with these below it, milliseconds; pids from 11 on. */
async function traceOf(runs: readonly Run[]): Promise<TraceModel> {
  const tasks = runs.flatMap(
    ({ argv, from, until, code = 0, onCpu, parent = 10 }, i): AnyLine[] => {
      const pid = 11 + i;
      return [
        { type: "init", ...of(pid, from, parent), parent: `${parent}.100` },
        { type: "exec", ...of(pid, from, parent), argv },
        { type: "exit", ...of(pid, until, parent), code },
        ...(onCpu === undefined
          ? []
          : [delays(pid, until, { wallNs: until - from, onCpuNs: onCpu })]),
      ];
    },
  );
  const root = [
    { type: "init", ...of(10, 0) },
    { type: "exec", ...of(10, 0), argv: ["make"] },
  ];
  return await modelOf([HEADER, ...root, ...tasks, SUMMARY]);
}

describe("compareTraces()", () => {
  test("says what became of a program that ran in both", async () => {
    const a = await traceOf([
      { argv: ["cc", "a.c"], from: 0, until: 100, onCpu: 80 },
      { argv: ["cc", "b.c"], from: 0, until: 200, onCpu: 150 },
    ]);
    const b = await traceOf([{ argv: ["cc", "a.c"], from: 0, until: 500, onCpu: 400, code: 1 }]);
    const { programs } = compareTraces(a, b);
    expect(programs[0]).toMatchObject({
      program: "cc",
      grownNs: 200e6,
      a: { count: 2, failed: 0, wallNs: 300e6, maxNs: 200e6, onCpuNs: 230e6 },
      b: { count: 1, failed: 1, wallNs: 500e6, maxNs: 500e6, onCpuNs: 400e6 },
    });
  });

  test("tells a program that ran in one only, and no command line of unknown arguments", async () => {
    const nameless = [
      { type: "init", ...of(10, 0) },
      { type: "exec", ...of(10, 1), exe: "/usr/bin/cc", missing: { argv: "ENOENT" } },
    ];
    const { programs, onlyA, notes } = compareTraces(await modelOf(nameless), await traceOf([]));
    expect(programs.map(({ program, a, b }) => [program, a?.count, b?.count])).toEqual([
      ["make", undefined, 1],
      ["cc", 1, undefined],
    ]);
    expect(onlyA).toEqual([]);
    expect(notes.join("\n")).toContain("the first: 1 of its tasks are compared by their program");
  });

  test("puts the program first that changed most, whichever way", async () => {
    const a = await traceOf([
      { argv: ["grew"], from: 0, until: 100 },
      { argv: ["shrank"], from: 0, until: 900 },
      { argv: ["same"], from: 0, until: 50 },
    ]);
    const b = await traceOf([
      { argv: ["grew"], from: 0, until: 200 },
      { argv: ["shrank"], from: 0, until: 100 },
      { argv: ["same"], from: 0, until: 50 },
    ]);
    const names = compareTraces(a, b).programs.map(({ program }) => program);
    expect(names.slice(0, 2)).toEqual(["shrank", "grew"]);
  });

  test("tells command lines of one trace only, and takes made-up names as the same", async () => {
    const a = await traceOf([
      { argv: ["as", "-o", "a.o", "/tmp/ccX3kQ9a.s"], from: 0, until: 10 },
      { argv: ["rm", "old"], from: 0, until: 10 },
    ]);
    const b = await traceOf([
      { argv: ["as", "-o", "a.o", "/tmp/ccB7pLz0.s"], from: 0, until: 10 },
      { argv: ["cp", "new"], from: 0, until: 10 },
      { argv: ["cp", "new"], from: 20, until: 30 },
    ]);
    const { onlyA, onlyB } = compareTraces(a, b);
    expect(onlyA.map(({ command }) => command)).toEqual(["rm old"]);
    expect(onlyB.map(({ command, totals }) => [command, totals.count])).toEqual([["cp new", 2]]);
  });

  test("tells what begins at another place, and what runs under another program", async () => {
    const a = await traceOf([
      { argv: ["test"], from: 900, until: 950 },
      { argv: ["sh"], from: 0, until: 800 },
      { argv: ["lint"], from: 100, until: 200, parent: 12 },
      { argv: ["cc"], from: 300, until: 400 },
    ]);
    const b = await traceOf([
      { argv: ["test"], from: 100, until: 150 },
      { argv: ["sh"], from: 0, until: 800 },
      { argv: ["lint"], from: 100, until: 200 },
      { argv: ["cc"], from: 310, until: 400 },
    ]);
    expect(compareTraces(a, b).moved).toEqual([
      expect.objectContaining({ command: "lint", parents: { a: "sh", b: "make" } }),
      expect.objectContaining({ command: "test", startANs: 900e6, startBNs: 100e6 }),
    ]);
  });

  test("finds nothing between a trace and itself", async () => {
    const model = await hostileModel();
    const { programs, onlyA, onlyB, moved } = compareTraces(model, model);
    expect([onlyA, onlyB, moved]).toEqual([[], [], []]);
    expect(programs.length).toBeGreaterThan(10);
    expect(programs.every(({ grownNs }) => grownNs === 0)).toBe(true);
  });

  test("survives JSON", async () => {
    const comparison = compareTraces(await hostileModel(), await traceOf([]));
    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
  });
});

describe("comparisonText() and comparisonMarkdown()", () => {
  test("say what changed in figures", async () => {
    const a = await traceOf([{ argv: ["cc"], from: 0, until: 100, onCpu: 80 }]);
    const b = await traceOf([
      { argv: ["cc"], from: 0, until: 400, onCpu: 100 },
      { argv: ["ld", "x"], from: 400, until: 500 },
    ]);
    const text = comparisonText(compareTraces(a, b));
    expect(text).toMatch(/^cc +\+300 ms +×4\.0 +1 +0 +100 ms → 400 ms/mu);
    expect(text).toContain("Only in A: nothing");
    expect(text).toMatch(/1 run +100 ms +ld x$/mu);
    const markdown = comparisonMarkdown(compareTraces(a, b));
    expect(markdown).toContain("| <code>cc</code> | +300 ms | ×4.0 | 1 | 0 | 100 ms → 400 ms |");
    expect(markdown).toContain("### Ran only after");
    expect(markdown).not.toContain("### Ran only before");
  });

  test("show no name that acts, in no more columns than there are", async () => {
    const comparison = compareTraces(await hostileModel(), await hostileModel(HOSTILE.slice(0, 3)));
    const text = comparisonText(comparison, { columns: 80, rows: 100 });
    expect(text).not.toMatch(UNSEEN);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    const markdown = comparisonMarkdown(comparison);
    expect(markdown).not.toMatch(UNSEEN);
    expect(markdown.replace(/<\/?code>/gu, "")).not.toMatch(/[<`[\]@]/u);
  });
});
