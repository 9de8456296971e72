// Needs of the kernel: the process events connector with masks (Linux 6.6); root, to change user; a C compiler.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import {
  compileC,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  root,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { PROC_EVENT_KINDS, type ProcEvent } from "../event/proc-event.ts";
import { processEvents } from "./process-events.ts";
import { rawProcessEvents } from "./raw-process-events.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, root, compiler];
/** What the generator calls itself: `a`, line feed, `b`, escape, `[31mc`, and two bytes that are no UTF-8. */
const HOSTILE = "a\nb\u001b[31mc\udcff\udcfe";

interface Made {
  /** Pid by what was done. */
  readonly pids: Readonly<Record<string, number>>;
  readonly code: number | null;
}

/** Runs the generator to its end. */
async function makeEveryKind(): Promise<Made> {
  const source = readFileSync(new URL("every-kind.c", import.meta.url), "utf8");
  const child = spawn(compileC(source, "every-kind"), { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const lines = (await text(child.stdout)).trim().split("\n");
  const pids = lines.map((line) => line.split(" ")).map(([what = "", pid]) => [what, Number(pid)]);
  return { pids: Object.fromEntries(pids), code: await ended };
}

/** Reads until the last event of the generator. */
async function readUntilExitOf<T extends { readonly type: string }>(
  stream: AsyncIterable<T>,
  isLast: (event: T) => boolean,
): Promise<T[]> {
  const events: T[] = [];
  for await (const event of stream) {
    events.push(event);
    if (isLast(event)) break;
  }
  return events;
}

/** Some fields of the events of one thread, in order. */
function of(events: readonly object[], pid: number | undefined, ...fields: string[]): unknown[] {
  return events
    .filter((event) => "pid" in event && event.pid === pid)
    .map((event) =>
      Object.fromEntries(
        Object.entries(event).filter(([key]) => key === "type" || fields.includes(key)),
      ),
    );
}

kernelTest("processEvents() gives every kind with its fields", NEEDS, async () => {
  const stream = await processEvents({ kinds: PROC_EVENT_KINDS, threads: true });
  const { pids, code } = await makeEveryKind();
  expect(code).toBe(0);
  const isLast = (event: ProcEvent): boolean =>
    event.type === "exit" && event.pid === pids["main"] && event.tgid === event.pid;
  const events = await readUntilExitOf(stream, isLast);
  expect(events.filter(({ type }) => type === "lost")).toEqual([]);

  expect(of(events, pids["main"], "comm", "code", "synthetic")).toEqual([
    { type: "fork" },
    { type: "exec" },
    { type: "comm", comm: HOSTILE },
    { type: "exit", code: 0 },
  ]);
  expect(
    of(events, pids["nobody"], "ruid", "euid", "rgid", "egid", "code", "tgid", "ppid"),
  ).toEqual([
    { type: "fork", tgid: pids["nobody"], ppid: pids["main"] },
    { type: "gid", rgid: 65533, egid: 65533, tgid: pids["nobody"], ppid: pids["main"] },
    { type: "uid", ruid: 65534, euid: 65534, tgid: pids["nobody"], ppid: pids["main"] },
    { type: "exit", code: 0, tgid: pids["nobody"], ppid: pids["main"] },
  ]);
  expect(of(events, pids["session"], "code")).toEqual([
    { type: "fork" },
    { type: "sid" },
    { type: "exit", code: 0 },
  ]);
  expect(of(events, pids["dump"], "code", "signal")).toEqual([
    { type: "fork" },
    { type: "coredump" },
    { type: "exit", signal: 6 },
  ]);
  expect(of(events, pids["run"], "code", "synthetic")).toEqual([
    { type: "fork" },
    { type: "exec" },
    { type: "exit", code: 7 },
  ]);
  const run = events.find((event) => event.type === "exec" && event.pid === pids["run"]);
  expect(run).toMatchObject({
    exec: { argv: ["every-kind-sh", "-c", "sleep 1; exit 7"] },
    ids: { ruid: 0, euid: 0 },
  });
  const tracer = { pid: pids["main"], tgid: pids["main"] };
  expect(of(events, pids["traced"], "tracer", "signal")).toEqual([
    { type: "fork" },
    { type: "ptrace", tracer },
    { type: "ptrace" },
    { type: "exit", signal: 9 },
  ]);
  expect(of(events, pids["thread"], "tgid", "comm", "code")).toEqual([
    { type: "fork", tgid: pids["main"] },
    { type: "comm", tgid: pids["main"], comm: "worker" },
    { type: "exit", tgid: pids["main"], code: 0 },
  ]);
});

kernelTest("rawProcessEvents() gives the kernel's own fields", NEEDS, async () => {
  const stream = await rawProcessEvents({ kinds: PROC_EVENT_KINDS });
  const { pids } = await makeEveryKind();
  const { main } = pids;
  const events = await readUntilExitOf(
    stream,
    (event) => event.type === "exit" && event.pid === main,
  );
  const own = { parentTgid: process.pid };
  expect(of(events, main, "comm", "code", "parentTgid")).toEqual([
    { type: "fork", ...own },
    { type: "exec" },
    { type: "comm", comm: HOSTILE },
    { type: "exit", code: 0, ...own },
  ]);
  expect(of(events, pids["nobody"], "ruid", "rgid", "parentPid", "code")).toEqual([
    { type: "fork", parentPid: main },
    { type: "gid", rgid: 65533 },
    { type: "uid", ruid: 65534 },
    { type: "exit", code: 0 },
  ]);
  expect(of(events, pids["dump"], "parentTgid", "signal")).toEqual([
    { type: "fork", parentTgid: main },
    { type: "coredump", parentTgid: main },
    { type: "exit", signal: 6, parentTgid: main },
  ]);
  expect(of(events, pids["traced"], "tracerTgid", "signal")).toEqual([
    { type: "fork" },
    { type: "ptrace", tracerTgid: main },
    { type: "ptrace", tracerTgid: 0 },
    { type: "exit", signal: 9 },
  ]);
  expect(of(events, pids["thread"], "tgid", "comm")).toEqual([
    { type: "fork", tgid: main },
    { type: "comm", tgid: main, comm: "worker" },
    { type: "exit", tgid: main },
  ]);
});

kernelTest(
  "rawProcessEvents() with failed gives failed exits and nothing else",
  NEEDS,
  async () => {
    const stream = await rawProcessEvents({ kinds: ["exit"], failed: true });
    const { pids } = await makeEveryKind();
    // The generator itself ended well.
    spawn("sh", ["-c", "exit 9"]);
    const events = await readUntilExitOf(
      stream,
      (event) => event.type === "exit" && event.code === 9 && event.parentTgid === process.pid,
    );
    expect(events.filter((event) => event.type !== "exit" || event.code === 0)).toEqual([]);
    const made = new Set(Object.values(pids));
    expect(
      events.flatMap((event) => ("pid" in event && made.has(event.pid) ? event.pid : [])),
    ).toEqual([pids["dump"], pids["run"], pids["traced"]]);
  },
);

kernelTest("processEvents() filters by user, by descent and by outcome", NEEDS, async () => {
  const streams = await Promise.all([
    processEvents({ uid: 65534 }),
    processEvents({ pid: process.pid, kinds: ["exit"] }),
    processEvents({ failed: true, minDurationMs: 100, command: "every-kind-sh" }),
  ]);
  const { pids } = await makeEveryKind();
  const [uid, descent, outcome] = await Promise.all(
    streams.map(async (stream) => {
      setTimeout(() => void stream.close(), 5000);
      const made = new Set(Object.values(pids));
      const events = await readUntilExitOf(
        stream,
        (event) => event.type === "exit" && event.pid === pids["main"],
      );
      return events.flatMap((event) =>
        event.type !== "lost" && made.has(event.pid) ? [`${event.type} ${event.pid}`] : [],
      );
    }),
  );
  const { main, nobody, session, dump, run, traced } = pids;
  expect(uid).toEqual([`uid ${nobody}`, `exit ${nobody}`]);
  expect(descent).toEqual([nobody, session, dump, run, traced, main].map((pid) => `exit ${pid}`));
  expect(outcome).toEqual([`exit ${run}`]);
});
