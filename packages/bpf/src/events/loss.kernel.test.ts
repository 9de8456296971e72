// Needs CAP_BPF and CAP_PERFMON in the initial namespaces, Linux 5.8, cc.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import {
  capability,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  startLoad,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { Btf } from "../btf/btf.ts";
import { findMember } from "../btf/member.ts";
import type { BpfEvent, BpfExecEvent, BpfExitEvent, BpfLoss } from "./bpf-event.ts";
import { readKernelLayout } from "./kernel-layout.ts";
import { startPrograms } from "./start-programs.ts";
import { livesProgram, run, watched } from "./watched.fixture.ts";

const needs = [kernel("5.8"), capability("CAP_BPF"), capability("CAP_PERFMON"), initialNamespaces];

/** The smallest ring there can be: some 500 forks or exits. */
const TINY = { ringBytes: 32_768, argvBytes: 64 };
/** Around an event that the two sources are compared from, ns: so that both have it in the same place. */
const QUIET_NS = 50_000n;

const key = (event: BpfEvent): string => `${event.type} ${event.pid} ${event.startNs}`;

/** Indices of the first and last of these events that stand alone in time and that `known` has too. */
function bounds(events: readonly BpfEvent[], known: ReadonlySet<string>): [number, number] {
  const alone = events.flatMap((event, i) => {
    const before = events[i - 1]?.timeNs ?? event.timeNs - QUIET_NS;
    const after = events[i + 1]?.timeNs ?? event.timeNs + QUIET_NS;
    const quiet = event.timeNs - before >= QUIET_NS && after - event.timeNs >= QUIET_NS;
    // A process may execute twice, but begins and ends once.
    return quiet && event.type !== "exec" && known.has(key(event)) ? [i] : [];
  });
  return [alone[0] ?? -1, alone.at(-1) ?? -1];
}

/** Holds the event loop, as a busy program does. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

kernelTest("told and lost are together what happened", [...needs, compiler], async () => {
  await watched({}, async (all) => {
    await watched(TINY, async (tiny) => {
      await run("/bin/sleep", ["0.05"]);
      await run("/bin/sleep", ["0.05"]);
      const load = startLoad({ rate: 5000, seconds: 1, workers: 2, execPercent: 30 });
      for (let i = 0; i < 6; i++) {
        await new Promise((done) => setTimeout(done, 30));
        block(150);
      }
      const made = await load;
      await run("/bin/sleep", ["0.05"]);
      await run("/bin/sleep", ["0.05"]);
      const truth = all.events();
      const told = tiny.events();
      expect(all.source.counters.lost).toBe(0);
      const [from, to] = bounds(truth, new Set(told.map(key)));
      expect(to).toBeGreaterThan(from);
      const [first, last] = [truth[from], truth[to]].map((event) => event && key(event));
      const at = (wanted?: string): number =>
        tiny.told.findIndex((one) => "type" in one && key(one) === wanted);
      const span = tiny.told.slice(at(first), at(last) + 1);
      const lost = span.reduce((sum, one) => sum + ("count" in one ? one.count : 0), 0);
      const seen = span.filter((one) => "type" in one).length;
      expect(seen + lost).toBe(to - from + 1);
      // Most of the load was in those pauses.
      expect(lost).toBeGreaterThan(0);
      expect(to - from).toBeGreaterThan(made.forks);
      const reported = tiny.told.filter((one): one is BpfLoss => "count" in one);
      const sum = reported.reduce((total, one) => total + one.count, 0);
      // Whatever else runs on the machine goes on being lost, and the counters are not read all at the same moment.
      const { counters } = tiny.source;
      const ofKinds = counters.lostForks + counters.lostExecs + counters.lostExits;
      expect(sum).toBeLessThanOrEqual(counters.lost);
      expect(ofKinds + counters.lostBusy).toBeGreaterThanOrEqual(counters.lost);
      for (const one of reported) expect((one.sinceNs ?? 0n) <= one.untilNs).toBe(true);
    });
  });
});

kernelTest("a loss after which nothing comes is told as well", needs, async () => {
  await watched(TINY, async (tiny) => {
    // The event loop stands still meanwhile: what does not fit in the ring is lost, and no event follows.
    spawnSync("sh", ["-c", "i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i+1)); done"]);
    tiny.source.drain();
    const reported = tiny.told.reduce((sum, one) => sum + ("count" in one ? one.count : 0), 0);
    expect(reported).toBeGreaterThan(0);
    // A task of someone else's may have been lost in between.
    expect(reported).toBeLessThanOrEqual(tiny.source.counters.lost);
    expect(tiny.source.counters.told + tiny.source.counters.lost).toBeGreaterThanOrEqual(600);
  });
});

kernelTest("arguments go before events do when the ring fills up", needs, async () => {
  await watched({ ringBytes: 262_144, argvBytes: 65_536 }, async ({ source, execs }) => {
    const script = 'for i in 1 2 3 4 5 6 7 8; do /bin/true "$0"; done';
    spawnSync("sh", ["-c", script, "x".repeat(60_000)]);
    const told = execs().filter(
      ({ filename, argvLength }) => filename === "/bin/true" && argvLength === 60_011,
    );
    expect(told.length + source.counters.lostExecs).toBeGreaterThanOrEqual(8);
    expect(told[0]).toMatchObject({ argvTruncated: false });
    const trimmed = told.filter(({ argvMissing }) => argvMissing === "ENOBUFS");
    expect(trimmed.length).toBeGreaterThan(0);
    expect(source.counters.argvTrimmed).toBeGreaterThanOrEqual(trimmed.length);
    for (const exec of trimmed) {
      expect(exec.argvTruncated).toBe(true);
      expect(exec.argv.byteLength).toBe(0);
    }
  });
});

/** Types of the running kernel, with a member put elsewhere. */
function layoutWith(change: (btf: Btf) => object): ReturnType<typeof readKernelLayout> {
  const btf = new Btf(readFileSync("/sys/kernel/btf/vmlinux"));
  const layout = readKernelLayout(btf);
  return { ...layout, ...change(btf), offsets: { ...layout.offsets, ...change(btf) } };
}

kernelTest("arguments that are not in memory are marked, as far as they are", needs, async () => {
  // The arguments' end where the address space ends: between is memory that no program has.
  const layout = layoutWith((btf) => ({
    "mm_struct.arg_end": findMember(btf, "mm_struct.task_size")?.offset ?? -1,
  }));
  const execs: BpfExecEvent[] = [];
  const source = startPrograms(
    layout,
    { onEvent: (event) => void (event.type === "exec" && execs.push(event)) },
    { argvBytes: 1_048_576, ringBytes: 16_777_216, latencyMs: 10 },
  );
  try {
    const { pid } = await run("/bin/true", ["first"], { env: { LONG: "y".repeat(20_000) } });
    source.drain();
    const exec = execs.find((one) => one.pid === pid);
    expect(exec).toMatchObject({ argvMissing: "EFAULT", argvTruncated: true });
    const kept = Buffer.from(exec?.argv ?? []).toString("latin1");
    expect(kept.startsWith("/bin/true\0first\0LONG=yyyy")).toBe(true);
    expect(kept.length % 4096).toBe(0);
    expect(source.counters.argvFaults).toBeGreaterThan(0);
  } finally {
    source.close();
  }
});

kernelTest(
  "before Linux 6.16 the last thread is known by the count",
  [...needs, compiler],
  async () => {
    const layout = { ...layoutWith(() => ({})), exitSaysLast: false };
    const exits: BpfExitEvent[] = [];
    const source = startPrograms(
      layout,
      { onEvent: (event) => void (event.type === "exit" && exits.push(event)) },
      { argvBytes: 64, ringBytes: 16_777_216, latencyMs: 10 },
    );
    try {
      const { pid } = await run(livesProgram(), ["last", "5"]);
      source.drain();
      const ends = exits.filter((exit) => exit.tgid === pid);
      expect(ends.map((exit) => [exit.isLast, exit.processStatus])).toEqual([
        [false, undefined],
        [true, 5 << 8],
      ]);
    } finally {
      source.close();
    }
  },
);
