import { formatLine, parseLine } from "@task-watchers/trace";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fromLine, toLine } from "./line.ts";
import type { ExecFacts, ProcEvent } from "./proc-event.ts";

/** Text of any code units: controls and lone surrogates too. */
const text = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});
const ns = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const pid = fc.nat();
const id = fc.integer({ min: 0, max: 0xffff_ffff });
const taskId = fc.tuple(fc.nat(), fc.nat()).map(([pid, ticks]) => `${pid}.${ticks}`);
const missing = fc.record({ missing: text });
const ids = fc.record({ ruid: id, euid: id, rgid: id, egid: id });
const exec: fc.Arbitrary<ExecFacts> = optional(
  {
    exe: fc.oneof(text, missing),
    argv: fc.oneof(fc.array(text), missing),
    cwd: fc.oneof(text, missing),
    cgroup: fc.oneof(text, missing),
  },
  { argvTruncatedBytes: fc.nat() },
);

/** An object with all of one and any of the other fields. */
function optional<T extends object, U extends object>(
  required: { [K in keyof T]: fc.Arbitrary<T[K]> },
  others: { [K in keyof U]: fc.Arbitrary<U[K]> },
): fc.Arbitrary<T & Partial<U>> {
  return fc
    .tuple(fc.record(required), fc.record(others, { requiredKeys: [] }))
    .map(([all, any]) => ({ ...all, ...any }) as T & Partial<U>);
}

const base = { timeNs: ns, task: taskId, pid, tgid: pid, ppid: pid };
const inferred = {
  synthetic: fc.constantFrom("reconciled", "exec-from-thread", "watch-closed"),
};

function kind(type: string, required: object = {}, others: object = {}): fc.Arbitrary<ProcEvent> {
  return optional(
    { type: fc.constant(type), ...base, ...required } as Record<string, fc.Arbitrary<unknown>>,
    { ...inferred, ...others } as Record<string, fc.Arbitrary<unknown>>,
  ) as fc.Arbitrary<ProcEvent & object>;
}

const event: fc.Arbitrary<ProcEvent> = fc.oneof(
  kind("fork", {}, { existing: fc.constant(true), parent: taskId, ids }),
  kind("exec", { exec }, { ids }),
  kind("uid", { ruid: id, euid: id }),
  kind("gid", { rgid: id, egid: id }),
  kind("sid"),
  kind("ptrace", {}, { tracer: fc.record({ pid, tgid: pid }) }),
  kind("comm", { comm: text }),
  kind("coredump"),
  kind(
    "exit",
    {},
    {
      code: fc.integer({ min: 0, max: 255 }),
      signal: fc.integer({ min: 1, max: 127 }),
      coreDumped: fc.constant(true),
      status: missing,
      durationNs: ns,
    },
  ),
  fc.record({
    type: fc.constant("lost" as const),
    timeNs: ns,
    reason: text,
    count: fc.oneof(fc.constant(null), fc.nat()),
    sinceNs: ns,
    untilNs: ns,
  }),
);

function throughFile(event: ProcEvent, withExec = false): ProcEvent | undefined {
  const written = formatLine(toLine(event, { withExec }));
  expect(written.indexOf("\n")).toBe(written.length - 1);
  const line = parseLine(written);
  if (line === undefined) throw new Error("no line");
  return fromLine(line);
}

test("toLine() and fromLine() lose nothing of any event, through a file", () => {
  fc.assert(
    fc.property(event, (event) => {
      expect(throughFile(event)).toEqual(event);
    }),
    {
      numRuns: 2000,
    },
  );
});

test("toLine() with exec puts the program on exits and on tasks that were there", () => {
  const facts = { exe: "/bin/ls", argv: ["ls"], cwd: "/", cgroup: "/a" };
  const base = { timeNs: 1n, task: "5.1", pid: 5, tgid: 5, ppid: 4, exec: facts };
  const known = {
    exe: "/bin/ls",
    argv: ["ls"],
    cwd: { missing: "unknown" },
    cgroup: { missing: "unknown" },
  };
  const exit: ProcEvent = { type: "exit", ...base, code: 0 };
  const there: ProcEvent = { type: "fork", ...base, existing: true };
  const fork: ProcEvent = { type: "fork", ...base };
  expect(toLine(exit)).not.toHaveProperty("exec");
  expect(toLine(exit, { withExec: true })).toMatchObject({
    exec: { exe: "/bin/ls", argv: ["ls"] },
  });
  expect(throughFile(exit, true)).toEqual({ ...exit, exec: known });
  expect(throughFile(there, true)).toEqual({ ...there, exec: known });
  expect(throughFile(fork, true)).not.toHaveProperty("exec");
});

test("fromLine() passes over lines that are no event", () => {
  const base = { timeNs: "1", task: "5.1", pid: 5, tgid: 5, ppid: 4 };
  for (const type of ["header", "summary", "free", "init", "delay", "constructor", "__proto__"]) {
    expect(fromLine({ type, ...base })).toBeUndefined();
  }
});

test("fromLine() passes over lines with a field that is not what it should be", () => {
  const good = { type: "exit", timeNs: "1", task: "5.1", pid: 5, tgid: 5, ppid: 4, code: 0 };
  expect(fromLine(good)).toBeDefined();
  const bad: Record<string, unknown> = {
    timeNs: 1,
    task: "../../etc",
    pid: -1,
    tgid: "5",
    ppid: 1.5,
    code: 256,
    signal: 0,
    coreDumped: "yes",
    durationNs: "-1",
    missing: [],
    exec: "ls",
    synthetic: "made-up",
  };
  for (const [field, value] of Object.entries(bad)) {
    expect(fromLine({ ...good, [field]: value }), field).toBeUndefined();
  }
});

test("fromLine() never throws, whatever the fields", () => {
  const types = [
    "init",
    "clone",
    "exec",
    "uid",
    "gid",
    "sid",
    "ptrace",
    "comm",
    "coredump",
    "exit",
    "lost",
  ];
  const line = fc.record(
    {
      type: fc.constantFrom(...types),
      timeNs: fc.oneof(fc.constant("1"), fc.anything()),
      task: fc.oneof(fc.constant("1.1"), fc.anything()),
      pid: fc.oneof(fc.constant(1), fc.anything()),
      tgid: fc.constant(1),
      ppid: fc.constant(1),
      existing: fc.oneof(fc.constant(true), fc.anything()),
      argv: fc.anything(),
      missing: fc.anything(),
      exec: fc.anything(),
      ids: fc.anything(),
      tracer: fc.anything(),
      comm: fc.anything(),
      code: fc.anything(),
    },
    { requiredKeys: ["type"] },
  );
  fc.assert(
    fc.property(line, (line) => void fromLine(line)),
    { numRuns: 2000 },
  );
});
