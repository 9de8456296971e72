// Needs of the kernel: perf events on our own threads, seccomp notification, pidfds that tell exits (Linux 6.15); root for some, a C compiler.
import {
  capability,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  root,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { eventsOf, sequences } from "./sequence.fixture.ts";
import { loadProgram, type Surroundings, watched } from "./watched.fixture.ts";

const ROUNDS = 12;
const name = (): string => loadProgram().replace(/.*\//u, "");

/** What the load says it does, as sequences of events. */
function expected(ids: boolean): Record<string, number> {
  return {
    [`init clone exec:${name()} exit:5 free`]: 1,
    // Run at once, as a daemon, from a thread.
    "init clone exec:true exit:0 free": 3 * ROUNDS,
    "init clone exit:0 free": ROUNDS,
    "init clone exit:3 free": ROUNDS,
    "init clone exit:7 free": ROUNDS,
    "init clone exit:9 free": ROUNDS,
    "init clone exit:signal 9 free": ROUNDS,
    ...(ids && {
      "init clone gid:1,1 uid:1,1 exec:true exit:0 free": ROUNDS,
      "init clone gid:1,1 uid:1,1 exit:signal 15 free": ROUNDS,
    }),
  };
}

const load = (ids: boolean): string[] => [
  loadProgram(),
  String(ROUNDS),
  ids ? "1" : "0",
  "/bin/true",
];

const PLACES: ReadonlyArray<readonly [Surroundings, boolean]> = [
  ["ourselves", true],
  ["nobody", false],
  ["new namespaces", false],
  ["nobody in new namespaces", false],
  ["namespaces with our users", true],
];

for (const [surroundings, ids] of PLACES) {
  const needs = [root, initialNamespaces, compiler, kernel("6.15")];
  kernelTest(`every event of a load is told: ${surroundings}`, needs, () => {
    const seen = watched({ source: "descent", surroundings, command: load(ids) });
    expect(sequences(seen)).toEqual(expected(ids));
    expect(seen.end).toEqual({ code: 5 });
    expect(seen.notes).toEqual([]);
    expect(seen.losses).toEqual([]);
    expect(seen.counters).toMatchObject({ lost: 0, statusMissing: 0, unstoppedExecs: 0 });
    // Between a refused setuid and a deadly signal nobody may have had time to look.
    expect(seen.counters["idsMissing"]).toBeLessThanOrEqual(ids ? ROUNDS : 0);
  });

  kernelTest(`so it is where perf is refused, threads left out: ${surroundings}`, needs, () => {
    const options = { perf: false };
    const seen = watched({ source: "descent", options, surroundings, command: load(ids) });
    expect(sequences(seen)).toEqual(expected(ids));
    expect(seen.notes[0]).toContain("threads");
    expect(seen.counters["lost"]).toBe(0);
  });
}

for (const perf of [true, false]) {
  const how = perf ? "" : ", also where perf is refused";
  const needs = [root, initialNamespaces, compiler, kernel("6.15")];
  kernelTest(`in namespaces execs can be raised before they are made${how}`, needs, () => {
    const surroundings = "nobody in new namespaces";
    const command = load(false);
    const seen = watched({ source: "bridge", options: { perf }, surroundings, command });
    expect(sequences(seen)).toEqual(expected(false));
    const execs = eventsOf(seen, "exec");
    expect(execs.filter(({ stopped }) => stopped === true).length).toBe(1 + 3 * ROUNDS);
  });
}

kernelTest(
  "outside, connector and descent tell the same",
  [capability("CAP_NET_ADMIN"), initialNamespaces, root, compiler, kernel("6.15")],
  () => {
    const command = load(true);
    const connector = watched({ source: "connector", command });
    // Programs may be gone before /proc is read: that they ran is told all the same.
    const withoutNames = (counts: Readonly<Record<string, number>>): Record<string, number> => {
      const sums: Record<string, number> = {};
      for (const [sequence, n] of Object.entries(counts)) {
        const key = sequence.replace(/exec:(?:\[object Object\]|\S+)/u, "exec");
        sums[key] = (sums[key] ?? 0) + n;
      }
      return sums;
    };
    const descent = watched({ source: "descent", command });
    expect(withoutNames(sequences(descent))).toEqual(withoutNames(sequences(connector)));
    const parents = (seen: typeof descent): number[] => {
      const numbers = new Map(seen.tasks.map(({ pid }, i) => [pid, i]));
      return seen.tasks.map(({ ppid }) => numbers.get(ppid) ?? -1).toSorted((a, b) => a - b);
    };
    expect(parents(descent).length).toBe(parents(connector).length);
  },
);

kernelTest("threads are tasks where that is asked for", [compiler, kernel("6.15")], () => {
  const seen = watched({ source: "descent", threads: true, command: load(false) });
  const threads = seen.tasks.filter(({ pid, tgid }) => pid !== tgid);
  // Two of their own, one that runs a program.
  expect(threads.length).toBe(3 * ROUNDS);
  for (const { events } of threads) {
    expect(events.map(({ type }) => type)).toEqual(["init", "clone", "exit", "free"]);
  }
});
