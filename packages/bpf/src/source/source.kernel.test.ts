// Needs CAP_BPF and CAP_PERFMON in the initial namespaces, Linux 6.6 with the process events connector, cc; root to change ids.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, realpathSync } from "node:fs";
import { TaskWatchers } from "@task-watchers/chain";
import {
  capability,
  compileC,
  compiler,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
  openDescriptors,
  root,
  startLoad,
} from "@task-watchers/kernel-test";
import {
  PROC_EVENT_COMM,
  PROC_EVENT_EXEC,
  PROC_EVENT_EXIT,
  PROC_EVENT_FORK,
  PROC_EVENT_GID,
  PROC_EVENT_UID,
  watchTasks,
} from "@task-watchers/tasks";
import { expect } from "vitest";
import { livesProgram, run } from "../events/watched.fixture.ts";
import { bpfHeard, connectorHeard, type Heard, type HeardEvent } from "./heard.fixture.ts";
import { openBpfSource } from "./open-bpf-source.ts";

const needs = [
  kernel("6.6"),
  capability("CAP_BPF"),
  capability("CAP_PERFMON"),
  initialNamespaces,
  compiler,
];

const idsProgram = (): string =>
  compileC(readFileSync(new URL("./ids.c", import.meta.url), "utf8"), "ids");

/** The descent of a process, by the forks that were told. */
function descent({ events }: Heard, rootPid: number): Set<number> {
  const found = new Set([rootPid]);
  for (const { what, tgid, second } of events) {
    if (what === PROC_EVENT_FORK && found.has(second)) found.add(tgid);
  }
  return found;
}

const NAMES: Readonly<Record<number, string>> = {
  [PROC_EVENT_FORK]: "fork",
  [PROC_EVENT_EXEC]: "exec",
  [PROC_EVENT_EXIT]: "exit",
  [PROC_EVENT_UID]: "uid",
  [PROC_EVENT_GID]: "gid",
};

/** What each thread of these processes did, in order, without times. */
function lives({ events }: Heard, processes: ReadonlySet<number>): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const event of events) {
    if (!processes.has(event.tgid)) continue;
    const list = found.get(event.pid);
    if (list) list.push(said(event));
    else found.set(event.pid, [said(event)]);
  }
  return found;
}

/** A thread that nobody waits for is gone when the connector looks for its parent. */
function said({ what, tgid, first, second }: HeardEvent): string {
  if (what === PROC_EVENT_EXEC) return `exec ${tgid}`;
  if (what === PROC_EVENT_EXIT) return `exit ${tgid} ${first}`;
  return `${NAMES[what] ?? what} ${tgid} ${first} ${second}`;
}

kernelTest(
  "tells what the connector tells, of each task in the same order",
  [...needs, root],
  async () => {
    const bpf = await bpfHeard();
    const connector = connectorHeard();
    try {
      connector.source.start();
      bpf.source.start();
      const programs = [livesProgram(), idsProgram()];
      const load = startLoad({
        rate: 4000,
        seconds: 1,
        workers: 4,
        execPercent: 30,
      });
      const script = `exec 2>/dev/null; for i in 1 2 3 4 5; do "$0" exec /bin/true; "$0" last 3; "$0" kill 9; "$1" 12; (exit 7); done; exit 0`;
      const shell = await run("sh", ["-c", script, ...programs]);
      await load;
      await new Promise((done) => setTimeout(done, 200));
      for (const { source } of [bpf, connector]) source.drainAll();
      expect(bpf.heard.losses).toEqual([]);
      for (const pid of [shell.pid, load.pid]) {
        const processes = descent(connector.heard, pid);
        expect(descent(bpf.heard, pid)).toEqual(processes);
        expect(processes.size).toBeGreaterThan(20);
        const told = lives(bpf.heard, processes);
        const expected = lives(connector.heard, processes);
        expect(told).toEqual(expected);
      }
      const processes = descent(bpf.heard, shell.pid);
      const ends = bpf.heard.events
        .filter(({ tgid, processStatus }) => processes.has(tgid) && processStatus !== undefined)
        .map(({ processStatus = 0 }) => processStatus);
      expect(ends).toHaveLength(processes.size);
      const codes = [3, 7].map((code) => ends.filter((status) => status === code << 8).length);
      expect(codes).toEqual([5, 5]);
      const parents = ({ events }: Heard): Map<number, number> =>
        new Map(
          events.filter(({ what }) => what === PROC_EVENT_EXIT).map((one) => [one.pid, one.second]),
        );
      const expected = parents(connector.heard);
      // The connector looks later: a parent that ends meanwhile has handed its child on.
      const exits = [...parents(bpf.heard)].filter(([pid]) => (expected.get(pid) ?? 0) > 1);
      expect(exits.length).toBeGreaterThan(10);
      for (const [pid, parent] of exits) expect(parent).toBe(expected.get(pid));
      const ids = descent(bpf.heard, shell.pid);
      const ofShell = bpf.heard.events.filter(({ tgid }) => ids.has(tgid));
      // Each of five runs changes both ids twelve times, in two threads.
      const count = (what: number): number => ofShell.filter((one) => one.what === what).length;
      expect(count(PROC_EVENT_UID)).toBe(5 * 12 * 2);
      expect(count(PROC_EVENT_GID)).toBe(5 * 12 * 2);
    } finally {
      bpf.source.close();
      connector.source.close();
    }
  },
);

kernelTest("a change of ids that nothing follows is told soon", [...needs, root], async () => {
  const { heard, source } = await bpfHeard();
  try {
    source.start();
    const child = spawn(idsProgram(), ["1", "wait"], { stdio: ["pipe", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const deadline = Date.now() + 10_000;
    const isTold = (): boolean =>
      heard.events.some(({ what, pid }) => what === PROC_EVENT_UID && pid === child.pid);
    while (!isTold() && Date.now() < deadline) await new Promise((done) => setTimeout(done, 10));
    const own = heard.events.filter(({ pid }) => pid === child.pid);
    expect(own.map(({ what }) => NAMES[what])).toEqual(["fork", "exec", "gid", "uid"]);
    child.stdin.end();
    await once(child, "close");
  } finally {
    source.close();
  }
});

kernelTest("facts come just before their exec, with all there is to know", needs, async () => {
  const { heard, source } = await bpfHeard();
  try {
    const { pid } = await run("sh", ["-c", "exec env A=1 true one 'two three' ''"], { cwd: "/" });
    source.drainAll();
    const own = heard.facts.filter((one) => one.tgid === pid);
    const [shell, , last] = own;
    expect(shell?.facts).toEqual({
      source: "bpf",
      exe: realpathSync("/bin/sh"),
      argv: ["sh", "-c", "exec env A=1 true one 'two three' ''"],
      cwd: "/",
      ...(shell?.facts.cgroup !== undefined && { cgroup: shell.facts.cgroup }),
    });
    expect(last?.facts.argv).toEqual(["true", "one", "two three", ""]);
    for (const { at } of own) {
      expect(heard.events[at]).toMatchObject({ what: PROC_EVENT_EXEC, tgid: pid });
    }
    const { execs, argvWhole, argvCut, argvMissing } = source.counters();
    expect(argvWhole + argvCut + argvMissing).toBe(execs);
  } finally {
    source.close();
  }
});

kernelTest(
  "a watch has every argument of 4,800 programs, 1, 4 and 16 at a time",
  needs,
  async () => {
    for (const parallel of [1, 4, 16]) {
      const watchers = new TaskWatchers();
      const got: string[] = [];
      watchers.register({
        name: "arguments",
        exec: ({ argv, source, exe, cwd }) => {
          if (!Array.isArray(argv) || argv[1] !== "storm") return;
          got.push([source, exe, cwd, ...argv].join("|"));
        },
      });
      const watch = await watchTasks({ scope: "all", watchers, events: await openBpfSource() });
      const each = 4800 / parallel;
      const loop = `i=0; while [ $i -lt ${each} ]; do /bin/true storm "$0" $i; i=$((i+1)); done`;
      const shells = Array.from({ length: parallel }, (_, k) =>
        run("sh", ["-c", loop, `s${k}`], { cwd: "/tmp" }),
      );
      await Promise.all(shells);
      await watch.close();
      const exe = realpathSync("/bin/true");
      const cwd = realpathSync("/tmp");
      const made = Array.from({ length: 4800 }, (_, n) => {
        return `bpf|${exe}|${cwd}|/bin/true|storm|s${Math.floor(n / each)}|${n % each}`;
      });
      expect(got.sort()).toEqual(made.sort());
      const { source } = watch.counters();
      expect(source).toMatchObject({ name: "bpf", counters: { lost: 0, argvMissing: 0 } });
    }
  },
);

kernelTest("notices come between the events of their task", needs, async () => {
  const { heard, source } = await bpfHeard();
  try {
    source.setNotices(PROC_EVENT_COMM);
    source.start();
    const { pid } = await run("sh", ["-c", "echo renamed > /proc/$$/comm; exit 0"]);
    source.drainAll();
    const own = heard.events.filter((one) => one.pid === pid).map(({ what }) => what);
    expect(own[0]).toBe(PROC_EVENT_FORK);
    expect(own.at(-1)).toBe(PROC_EVENT_EXIT);
    expect(own.filter((what) => what === PROC_EVENT_COMM).length).toBe(1);
    source.setNotices(0);
    const before = heard.events.length;
    await run("sh", ["-c", "echo renamed > /proc/$$/comm; exit 0"]);
    source.drainAll();
    expect(heard.events.slice(before).some(({ what }) => what === PROC_EVENT_COMM)).toBe(false);
  } finally {
    source.close();
  }
});

kernelTest(
  "nothing is left of one that was closed, or never used, and it opens once",
  needs,
  async () => {
    const before = openDescriptors();
    const unused = await openBpfSource();
    unused.close();
    unused.close();
    expect(openDescriptors()).toEqual(before);
    expect(() => unused({} as never)).toThrow("once");
    const { heard, source } = await bpfHeard();
    source.setNotices(PROC_EVENT_COMM);
    source.start();
    await run("/bin/true", []);
    source.drain();
    source.close();
    source.close();
    expect(openDescriptors()).toEqual(before);
    const { length } = heard.events;
    expect(length).toBeGreaterThan(0);
    source.drain();
    source.drainAll();
    source.setNotices(0);
    expect(heard.events).toHaveLength(length);
    expect(source.counters().received).toBe(length);
  },
);

kernelTest("a listener may close it; a bad option is refused", needs, async () => {
  const open = await openBpfSource();
  const seen: number[] = [];
  const source = open({
    event: (what) => {
      seen.push(what);
      source.close();
    },
    lost: () => {},
    settled: () => {},
    facts: () => {},
  });
  await run("/bin/true", []);
  source.drain();
  expect(seen).toHaveLength(1);
  await expect(openBpfSource({ ringBytes: 1 })).rejects.toThrow(RangeError);
  await expect(openBpfSource({ onWithoutIds: 1 as never })).rejects.toThrow(TypeError);
});

const SCRIPT = `
  const { openBpfSource } = await import("@task-watchers/bpf/source");
  const { spawnSync } = await import("node:child_process");
  const sink = { event: () => events++, lost() {}, settled() {}, facts() {} };
  let events = 0;
  let code;
  const source = (await openBpfSource({ onWithoutIds: (error) => (code = error.code) }))(sink);
  spawnSync("/bin/true");
  source.drainAll();
  const { idsLost } = source.counters();
  source.close();
  let refused;
  try {
    (await openBpfSource())(sink);
  } catch (error) {
    refused = error.name;
  }
  console.log(JSON.stringify({ some: events > 2, code, idsLost, refused }));`;

kernelTest("without a connector it says so, and tells the rest", [...needs, root], () => {
  const node = [process.execPath, "--input-type=module", "-e", SCRIPT];
  const { stdout, stderr } = spawnSync("unshare", ["--net", ...node], {
    cwd: installed("bpf"),
    encoding: "utf8",
  });
  expect(JSON.parse(stdout || JSON.stringify({ stderr }))).toEqual({
    some: true,
    code: "ECONNREFUSED",
    idsLost: null,
    refused: "SourceUnavailableError",
  });
});
