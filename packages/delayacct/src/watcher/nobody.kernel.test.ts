// Needs of the kernel: the process events connector (any user since Linux 6.6); root, to become nobody.
import {
  asNobody,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
  root,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";

const NEEDS = [kernel("6.6"), initialNamespaces, root];

/** Watches a command, and prints its own trace line, the status and the notes below the first table. */
const PROGRAM = `
import { spawn } from "node:child_process";
import { TaskWatchers } from "@task-watchers/chain";
import { createDelayacct } from "@task-watchers/delayacct";
import { watchTasks } from "@task-watchers/tasks";
const watchers = new TaskWatchers();
const module = createDelayacct({ intervalMs: 50 });
watchers.load(module);
const lines = [];
const watch = await watchTasks({ watchers, onLine: (line) => lines.push(line) });
const child = spawn("sh", ["-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; sleep 0.5; :"]);
watch.follow(child.pid);
await watch.whenIdle();
const status = module.status();
await watch.close();
const own = lines.find(({ pid }) => pid === child.pid);
console.log(JSON.stringify({ own, status, tables: module.summary() }));
`;

interface Printed {
  readonly own: Record<string, string> & { readonly missing: Record<string, string> };
  readonly status: { readonly counters: Record<string, number>; readonly notes: string[] };
  readonly tables: {
    readonly title: string;
    readonly rows: string[][];
    readonly notes: string[];
  }[];
}

function run(...extra: Parameters<typeof asNobody>[2][]): Printed {
  const script = `cd '${installed("delayacct")}' && exec '${process.execPath}' --input-type=module -e "$0"`;
  const ended = asNobody("sh", ["-c", script, PROGRAM], ...extra);
  expect(ended).toMatchObject({ status: 0, stderr: "" });
  return JSON.parse(ended.stdout) as Printed;
}

kernelTest("Nobody gets what /proc says, and is told what is missing and why", NEEDS, () => {
  const { own, status, tables } = run();
  expect(own).toMatchObject({ type: "delays", source: "proc" });
  expect(own.missing).toMatchObject({ swapinNs: "not-in-proc", reclaimNs: "not-in-proc" });
  expect(Number(own["onCpuNs"])).toBeGreaterThan(30e6);
  expect(Number(own["wallNs"])).toBeGreaterThan(500e6);
  expect(Number(own["asleepNs"])).toBeGreaterThan(300e6);
  expect(Number(own["peakRssBytes"])).toBeGreaterThan(100_000);
  expect(Number(own["voluntarySwitches"])).toBeGreaterThan(0);
  expect(status.counters["sampled"]).toBeGreaterThan(3);
  const notes = status.notes.join("\n");
  expect(notes).toContain("from /proc");
  expect(notes).toContain("CAP_NET_ADMIN");
  expect(tables[0]?.notes).toEqual(status.notes);
});

kernelTest("With CAP_NET_ADMIN and nothing else there are records", NEEDS, () => {
  const { own, status } = run(["CAP_NET_ADMIN"]);
  expect(own).toMatchObject({ type: "delays", source: "taskstats" });
  expect(own["asOfNs"]).toBeUndefined();
  expect(status.counters).toMatchObject({ lost: 0, missing: 0 });
});
