import { type AnyLine, formatLine } from "@task-watchers/trace";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { commandLine, programName } from "./command.ts";
import { hasFailed } from "./outcome.ts";
import { readTraceModel } from "./read-trace-model.ts";
import { at, BUILD, bytesOf, HEADER, of, START_NS, SUMMARY } from "./trace-text.fixture.ts";
import type { TraceModel } from "./trace-model.ts";

const TEXT = BUILD.map((line) => formatLine(line)).join("");

async function read(lines: readonly AnyLine[] | string, size?: number): Promise<TraceModel> {
  return await readTraceModel(bytesOf(lines, size));
}

test("readTraceModel() puts lines together to tasks", async () => {
  const model = await read(BUILD, 7);
  expect(model.originNs).toBe(START_NS);
  expect(model.wallClockNs).toBe(START_NS + 1_795_000_000_000_000_000n);
  expect(model.endNs).toBe(1e9);
  const [make, cc, as] = model.tasks;
  expect(model.tasks).toHaveLength(3);
  expect(make).toMatchObject({ pid: 10, parent: -1, startNs: 0, endNs: 990e6, exit: { code: 0 } });
  expect(make?.ids).toEqual([
    { timeNs: 0, ruid: 0, euid: 0, rgid: 0, egid: 0 },
    { timeNs: 950e6, ruid: 1000, euid: 1000, rgid: 0, egid: 0 },
  ]);
  expect(cc).toMatchObject({ parent: 0, exit: { signal: 11, coreDumped: true } });
  expect(cc?.execs).toEqual([
    {
      timeNs: 12e6,
      exe: "/usr/bin/cc",
      argv: ["cc", "-c", "it's.c"],
      cwd: "/src",
      cgroup: "/a/b",
    },
  ]);
  expect(as).toMatchObject({ parent: 1, delays: { figures: { wallNs: 400e6 }, comm: "as" } });
  expect(model.tasks.map(hasFailed)).toEqual([false, true, true]);
  expect(model.tasks.map((task) => programName(model, task))).toEqual(["make", "cc", "as"]);
  expect(model.tasks.map((task) => commandLine(model, task))).toEqual([
    "make -j2",
    String.raw`cc -c 'it'\''s.c'`,
    "as",
  ]);
  expect(model.losses).toEqual([
    { type: "lost", reason: "overrun", count: 5, sinceNs: 940e6, untilNs: 960e6 },
  ]);
  expect(model.has).toEqual({ delays: true, samples: false, audit: false });
  expect(model.notes).toEqual([
    "5 events lost: tasks may be missing, or end unseen.",
    "The arguments of 1 of 3 execs are unknown.",
  ]);
});

test("readTraceModel() tells how far it has come", async () => {
  const told: number[] = [];
  await readTraceModel(bytesOf(BUILD, 1000), { onProgress: ({ bytes }) => told.push(bytes) });
  expect(told[0]).toBe(1000);
  expect(told.at(-1)).toBe(new TextEncoder().encode(TEXT).length);
});

test("readTraceModel() reads a trace that was cut off anywhere, and says so", async () => {
  for (let length = 1; length < TEXT.length; length += 13) {
    const model = await read(TEXT.slice(0, length)).catch((error: unknown) => error);
    if (length < formatLine(HEADER).length - 1) {
      expect(model).toMatchObject({ name: "TraceError", code: "NOT_A_TRACE" });
      continue;
    }
    expect((model as TraceModel).notes.join(" ")).toContain("no summary");
  }
  const inLine = await read(TEXT.slice(0, -40));
  expect(inLine.notes[0]).toMatch(/cut off in the middle of a line: \d+ characters/u);
});

test("readTraceModel() reads a trace without its beginning", async () => {
  const model = await read(BUILD.slice(4));
  expect(model.header).toBeUndefined();
  expect(model.wallClockNs).toBeUndefined();
  expect(model.originNs).toBe(START_NS + 12_000_000n);
  expect(model.tasks.map(({ pid, parent }) => [pid, parent])).toEqual([
    [11, 2],
    [12, 0],
    [10, -1],
  ]);
  expect(model.notes).toContain(
    "The trace has no header: it was cut off at the front. Host and clock are unknown.",
  );
  expect(model.notes).toContain("The beginning of 2 tasks is not in the trace.");
});

test("readTraceModel() refuses what has nothing to show, and says what it is", async () => {
  await expect(read("")).rejects.toMatchObject({ code: "EMPTY" });
  await expect(read("\u007fELF not a trace\n\n")).rejects.toMatchObject({
    code: "NOT_A_TRACE",
    message: expect.stringContaining("task-watchers run --json"),
  });
  await expect(read('{"type":"package"}\n{"a":1}\n')).rejects.toMatchObject({
    code: "NOT_A_TRACE",
    message: expect.stringContaining('"package"'),
  });
  await expect(read([{ ...HEADER, schema: 99 }, ...BUILD.slice(1)])).rejects.toMatchObject({
    code: "UNKNOWN_SCHEMA",
    message: expect.stringContaining("use a newer one"),
  });
});

test("readTraceModel() counts lines of unknown types, bad lines and clocks that jump", async () => {
  const model = await read(
    [
      HEADER,
      { type: "init", ...of(10, 5000) },
      { type: "exit", ...of(10, 100), code: 0 },
      { type: "brand-new", x: 1 },
      { type: "brand-new", x: 2 },
      { type: "exec", timeNs: "soon", task: 7 },
      { ...SUMMARY, timeNs: at(5000) },
    ]
      .map((line) => formatLine(line))
      .join("") + "not json\n",
  );
  expect(model.otherLines).toEqual(new Map([["brand-new", 2]]));
  expect(model.tasks[0]).toMatchObject({ startNs: 5e9, endNs: 5e9 });
  expect(model.notes).toEqual([
    "There are lines after the summary.",
    "1 line could not be read, and was passed over.",
    "1 line lacks a task or a time, and was passed over.",
    "The clock jumps: 1 event is earlier than what stands before.",
    "1 task ended before it began, says the trace.",
    'Lines of types that this report does not show: 2 "brand-new".',
  ]);
});

test("readTraceModel() makes no circle of tasks that are each other's parents", async () => {
  const model = await read([
    HEADER,
    { type: "init", ...of(10, 1, 11), parent: "11.100" },
    { type: "init", ...of(11, 1, 10), parent: "10.100" },
    { type: "init", ...of(12, 1, 12), parent: "12.100" },
  ]);
  expect(model.tasks.map((task) => task.parent)).toEqual([1, -1, -1]);
});

test("readTraceModel() takes arguments from audit where the exec has none", async () => {
  const audited = { type: "audit", syscallName: "execve", task: "12.100", timeNs: at(101) };
  const model = await read([
    ...BUILD.slice(0, -1),
    { ...audited, success: false, errno: "ENOENT", argv: ["as"], paths: [{ name: "/opt/as" }] },
    { ...audited, success: true, argv: ["as", "-o", "x.o"], cwd: "/src", exe: "/usr/bin/as" },
    SUMMARY,
  ]);
  expect(model.tasks[2]).toMatchObject({
    execs: [{ argv: ["as", "-o", "x.o"], cwd: "/src", isAudited: true }],
    failedExecs: [{ timeNs: 101e6, path: "/opt/as", argv: ["as"], code: "ENOENT" }],
  });
});

test("readTraceModel() takes back an exec that was told before it was made, and failed", async () => {
  const refused = { refused: { by: "deny", errno: 13 }, code: "EACCES", certain: true };
  const model = await read([
    HEADER,
    { type: "exec", ...of(10, 1), argv: ["sh"] },
    { type: "exec", ...of(10, 5), argv: ["rm"], source: "stop", stopped: true },
    { type: "exec-failed", ...of(10, 5), path: "/bin/rm", argv: ["rm"], ...refused, raised: true },
    { type: "exec-failed", ...of(10, 1), path: "/opt/sh", code: "ENOENT", certain: false },
  ]);
  expect(model.tasks[0]).toMatchObject({
    execs: [{ argv: ["sh"] }],
    failedExecs: [
      { timeNs: 5e6, path: "/bin/rm", argv: ["rm"], code: "EACCES", refusedBy: "deny" },
      { timeNs: 1e6, path: "/opt/sh", code: "ENOENT", isUncertain: true },
    ],
  });
  expect(model.tasks[0]?.execs).toHaveLength(1);
});

test("readTraceModel() makes something of any lines at all, or says that it cannot", async () => {
  const types = ["header", "init", "exec", "exit", "uid", "lost", "summary", "delays", "audit"];
  const anyLine = fc.record(
    {
      type: fc.constantFrom(...types, "samples", "semundo.undo", "__proto__", "toString"),
      timeNs: fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 19n }).map(String), fc.jsonValue()),
      task: fc.oneof(fc.constantFrom("1.1", "2.1", "3.1"), fc.jsonValue()),
      parent: fc.oneof(fc.constantFrom("1.1", "2.1", "3.1"), fc.jsonValue()),
      argv: fc.oneof(fc.array(fc.string({ unit: "binary" })), fc.jsonValue()),
      ids: fc.jsonValue(),
      clock: fc.jsonValue(),
      paths: fc.jsonValue(),
      functions: fc.jsonValue(),
      wallNs: fc.jsonValue(),
    },
    { requiredKeys: ["type"] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(anyLine), async (lines) => {
      const model = await read(lines.map((line) => JSON.stringify(line)).join("\n")).catch(
        (error: unknown) => error,
      );
      if (model instanceof Error) {
        expect(model.name).toBe("TraceError");
        return;
      }
      for (const task of (model as TraceModel).tasks) {
        expect(task.endNs).toBeGreaterThanOrEqual(task.startNs);
        expect(typeof commandLine(model as TraceModel, task)).toBe("string");
      }
    }),
  );
}, 60_000);
