// Needs of the kernel: the process events connector, which filters (any user since Linux 6.6).
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { type ExecEvent, TaskWatchers } from "@task-watchers/chain";
import { initialNamespaces, kernel, kernelTest } from "@task-watchers/kernel-test";
import { monotonicNs } from "@task-watchers/linux/clock";
import { touchThreadName } from "@task-watchers/linux/thread-name";
import { openNetlinkSocket } from "@task-watchers/netlink/socket";
import { expect } from "vitest";
import { LIFE_EVENTS, PROC_EVENT_EXEC } from "../connector/cn-proc.ts";
import { Connector } from "../connector/connector.ts";
import { watchTasks } from "./watch-tasks.ts";

const NEEDS = [kernel("6.6"), initialNamespaces];

kernelTest("An exec is foretold with its process and the very time of its event", NEEDS, () => {
  const socket = { protocol: 11, datagramBytes: 128, batch: 64 };
  const foretold: string[] = [];
  const execs: string[] = [];
  const connector = new Connector({
    open: () => openNetlinkSocket({ ...socket, receiveBufferBytes: 33_554_432 }),
    openBell: () => openNetlinkSocket(socket),
    touch: touchThreadName,
    now: monotonicNs,
    mask: LIFE_EVENTS,
    tgid: process.pid,
    sink: {
      event: (what, _pid, tgid, _first, _second, timeNs) => {
        if (what === PROC_EVENT_EXEC) execs.push(`${tgid} ${timeNs}`);
      },
      lost: () => {},
      settled: () => {},
      foretell: (tgid, timeNs) => foretold.push(`${tgid} ${timeNs}`),
    },
  });
  try {
    connector.start();
    const pids = new Set<number>();
    while (pids.size < 8) {
      pids.add(spawnSync("/bin/true").pid);
      connector.drain();
    }
    const ours = (told: readonly string[]): string[] =>
      told.filter((exec) => pids.has(Number(exec.split(" ")[0])));
    expect(ours(execs)).toHaveLength(8);
    // Not all of them where others run so many programs that the bell overflows.
    expect(ours(foretold).length).toBeGreaterThan(0);
    expect(ours(execs)).toEqual(expect.arrayContaining(ours(foretold)));
  } finally {
    connector.close();
  }
});

kernelTest(
  "A program is not told with the arguments of the one that took its place meanwhile",
  NEEDS,
  async () => {
    const watchers = new TaskWatchers();
    const execs = new Map<number, ExecEvent["argv"][]>();
    watchers.chain.register({
      name: "execs",
      exec: ({ argv }, { pid }) => void execs.set(pid, [...(execs.get(pid) ?? []), argv]),
    });
    const watch = await watchTasks({ watchers, scope: "all" });
    // We read nothing before both programs have been started.
    const waiting = "while ! grep -q sleep /proc/$!/comm; do :; done";
    const script = `env sleep 30 >/dev/null 2>&1 & echo $!; ${waiting}`;
    const pid = Number(spawnSync("sh", ["-c", script], { encoding: "utf8" }).stdout);
    try {
      while ((execs.get(pid)?.length ?? 0) < 2) await sleep(10);
      expect(execs.get(pid)).toEqual([{ missing: "replaced" }, ["sleep", "30"]]);
      expect(watch.counters().missedFacts.argv["replaced"]).toBeGreaterThanOrEqual(1);
    } finally {
      process.kill(pid);
      await watch.close();
    }
  },
);
