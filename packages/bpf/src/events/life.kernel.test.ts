// Needs CAP_BPF and CAP_PERFMON in the initial namespaces, Linux 5.8, cc.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  capability,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  startLoad,
} from "@task-watchers/kernel-test";
import { expect, onTestFinished, vi } from "vitest";
import { livesProgram, run, watched } from "./watched.fixture.ts";

const needs = [
  kernel("5.8"),
  capability("CAP_BPF"),
  capability("CAP_PERFMON"),
  initialNamespaces,
  compiler,
];

/** Exit of the whole process, without what differs each time. */
const last = { type: "exit", isLast: true };

kernelTest("exits have the code, the signal and whether there is a core image", needs, async () => {
  const directory = mkdtempSync(join(tmpdir(), "bpf-core-"));
  try {
    await watched({}, async ({ exits }) => {
      const lives = livesProgram();
      const end = async (...args: string[]): Promise<object | undefined> => {
        const { pid } = await run(lives, args, { cwd: directory });
        return exits().find((exit) => exit.pid === pid);
      };
      expect(await end("exit", "7")).toMatchObject({ ...last, code: 7, processStatus: 7 << 8 });
      expect(await end("exit", "0")).toMatchObject({ ...last, code: 0, processStatus: 0 });
      expect(await end("exit", "255")).toMatchObject({ ...last, code: 255 });
      expect(await end("exit", "255")).not.toHaveProperty("signal");
      expect(await end("kill", "9")).toMatchObject({
        signal: 9,
        coreDumped: false,
        processStatus: 9,
      });
      expect(await end("kill", "9")).not.toHaveProperty("code");
      const aborted = await end("kill", "6");
      expect(aborted).toMatchObject({ ...last, signal: 6 });
      // Where cores go to a program, as it may refuse them; to a file, as here, the bit has to be there.
      const toFile = !readFileSync("/proc/sys/kernel/core_pattern", "latin1").startsWith("|");
      if (toFile) expect(aborted).toMatchObject({ coreDumped: true, processStatus: 6 | 0x80 });
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

kernelTest("a process has ended when its last thread has, with that status", needs, async () => {
  await watched({}, async ({ exits, forks }) => {
    const { pid } = await run(livesProgram(), ["last", "5"]);
    const thread = forks().find((fork) => fork.tgid === pid && fork.isThread);
    expect(thread).toMatchObject({ creatorPid: pid, creatorTgid: pid, parentTgid: process.pid });
    const ends = exits().filter((exit) => exit.tgid === pid);
    expect(ends).toMatchObject([
      { pid, code: 0, isLast: false },
      { pid: thread?.pid, code: 5, isLast: true, processStatus: 5 << 8 },
    ]);
    expect(ends[0]).not.toHaveProperty("processStatus");
  });
});

kernelTest("threads that the kernel makes for a process are told too", needs, async () => {
  await watched({}, async ({ exits, forks }) => {
    const { pid, stdout } = await run(livesProgram(), ["uring"]);
    // io_uring may be switched off: kernel.io_uring_disabled.
    if (stdout.trim() !== "1") return;
    const thread = forks().find((fork) => fork.tgid === pid && fork.isThread);
    expect(thread).toBeDefined();
    expect(exits().some((exit) => exit.pid === thread?.pid)).toBe(true);
  });
});

kernelTest("a fork names the parent that the child gets, and who called it", needs, async () => {
  await watched({}, async ({ forks }) => {
    const { pid, stdout } = await run("sh", ["-c", `${livesProgram()} parent; :`]);
    const child = forks().find((fork) => fork.pid === Number(stdout));
    expect(child).toMatchObject({ isThread: false, parentPid: pid, parentTgid: pid });
    expect(child?.creatorTgid).not.toBe(pid);
    const creator = forks().find((fork) => fork.pid === child?.creatorTgid);
    expect(creator).toMatchObject({ parentTgid: pid, creatorTgid: pid });
  });
});

kernelTest(
  "every fork of a load has its exit, and every exec its fork, in that order",
  needs,
  async () => {
    await watched({}, async ({ events, source }) => {
      const load = startLoad({ rate: 6000, seconds: 1, workers: 4, execPercent: 30 });
      const made = await load;
      const workers = new Set<number>();
      const children = new Map<number, string[]>();
      for (const event of events()) {
        if (event.type === "fork" && event.creatorTgid === load.pid) workers.add(event.pid);
        else if (event.type === "fork" && workers.has(event.creatorTgid)) {
          expect(children.get(event.pid) ?? ["exit"]).toContain("exit");
          children.set(event.pid, [...(children.get(event.pid) ?? []), "fork"]);
        } else children.get(event.pid)?.push(event.type);
      }
      const lives = [...children.values()].flatMap((list) => list.join(" ").split(/ (?=fork)/u));
      const count = (life: string): number => lives.filter((one) => one === life).length;
      expect(source.counters.lost).toBe(0);
      expect(lives).toHaveLength(made.forks);
      expect(count("fork exec exit")).toBe(made.execs);
      expect(count("fork exit")).toBe(made.forks - made.execs);
    });
  },
);

kernelTest(
  "an event is told soon after silence, and times go by CLOCK_MONOTONIC",
  needs,
  async () => {
    // Without the look that is taken each second: the ring itself has to wake us.
    vi.useFakeTimers({ toFake: ["setInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    await watched({ latencyMs: 5 }, async ({ told }) => {
      // Asleep by now, or soon.
      await new Promise((done) => setTimeout(done, 50));
      const before = process.hrtime.bigint();
      const { pid } = await run("/bin/true", []);
      // Not drained: whatever wakes us has to do it.
      const deadline = Date.now() + 10_000;
      const isThere = (): boolean =>
        told.some((one) => "type" in one && one.type === "exit" && one.pid === pid);
      while (!isThere() && Date.now() < deadline) await new Promise((done) => setTimeout(done, 5));
      expect(isThere()).toBe(true);
      const after = process.hrtime.bigint();
      const times = told.flatMap((one) => ("type" in one && one.pid === pid ? [one.timeNs] : []));
      expect(times.length).toBeGreaterThanOrEqual(3);
      expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
      for (const time of times) expect(time > before && time < after).toBe(true);
    });
  },
);
