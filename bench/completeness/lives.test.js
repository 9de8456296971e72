// @ts-check
import { describe, expect, it } from "vitest";
import { descentIn, differences, livesByTrace, livesByTracepoints, sums } from "./lives.js";
import { parse } from "./tracepoints.js";

/** A shell of pid 10 that runs a program of two threads, whose second one runs another program, in its own name. */
const SCRIPT = `
  9/9  100.000000001:  sched:sched_process_fork: comm=a b pid=9 child_comm=x child_pid=8 child_pid=10
  10/10  100.000000002:  sched:sched_process_exec: filename=/bin/sh pid=10 old_pid=10
  9/9  100.000000003:  sched:sched_process_fork: comm=a pid=9 child_comm=a child_pid=20
  10/10  100.000000004:  sched:sched_process_fork: comm=sh pid=10 child_comm=sh child_pid=11
  11/11  100.000000005:  sched:sched_process_exec: filename=/p
 q pid=11 old_pid=11
  11/11  100.000000006:  sched:sched_process_fork: comm=p pid=11 child_comm=p child_pid=12
  11/12  100.000000007:  sched:sched_process_fork: comm=p pid=12 child_comm=p child_pid=13
  11/13  100.000000008:  sched:sched_process_exit: comm=p pid=13 prio=120 group_dead=false
  11/11  100.000000009:  sched:sched_process_exit: comm=p pid=11 prio=120 group_dead=false
  11/11  100.000000010:  sched:sched_process_exec: filename=/q pid=11 old_pid=12
  11/11  100.000000011:  sched:sched_process_exit: comm=q pid=11 prio=120 group_dead=true
  10/10  100.000000012:  sched:sched_process_exit: comm=sh pid=10 prio=120 group_dead=true
  20/20  100.000000013:  sched:sched_process_exit: comm=a pid=20 prio=120 group_dead=true
  9/9  100.000000014:  sched:sched_process_fork: comm=a pid=9 child_comm=a child_pid=10
`;
const ROOT = { pid: 10, sinceNs: 0n };

describe("livesByTracepoints", () => {
  it("counts what descends from a process, and nothing else", () => {
    const lives = livesByTracepoints(parse(SCRIPT), ROOT);
    expect(lives.processes).toEqual(
      new Map([
        [10, { forks: 1, execs: 1, exits: 1 }],
        [11, { forks: 1, execs: 2, exits: 1 }],
      ]),
    );
    expect(lives.threads).toEqual(
      new Map([
        [12, { forks: 1, execs: 0, exits: 0 }],
        [13, { forks: 1, execs: 0, exits: 1 }],
      ]),
    );
    expect(sums(lives)).toEqual({ forks: 2, execs: 3, exits: 2, threadForks: 2, threadExits: 1 });
  });

  it("begins with the first process of that id since then", () => {
    const late = livesByTracepoints(parse(SCRIPT), { pid: 10, sinceNs: 100_000_000_012n });
    expect(sums(late)).toMatchObject({ forks: 1, execs: 0, exits: 0 });
  });
});

describe("parse", () => {
  it("refuses what perf has lost", () => {
    expect(() => parse(`${SCRIPT} PERF_RECORD_LOST lost 3`)).toThrow("perf itself lost records");
  });
});

const task = (/** @type {number} */ pid, /** @type {string} */ start) => ({
  task: `${pid}.${start}`,
  pid,
  tgid: pid,
});
const LINES = [
  { type: "clone", timeNs: "1", parent: "1.0", ...task(10, "1") },
  { type: "clone", timeNs: "2", parent: "1.0", ...task(20, "1") },
  { type: "init", timeNs: "3", parent: "10.1", ...task(11, "1") },
  { type: "clone", timeNs: "3", ...task(11, "1") },
  { type: "exec", timeNs: "4", ...task(11, "1") },
  { type: "exec", timeNs: "5", ...task(11, "1") },
  { type: "exec-failed", timeNs: "5", raised: true, ...task(11, "1") },
  { type: "exit", timeNs: "6", ...task(11, "1") },
  { type: "exit", timeNs: "7", ...task(10, "1") },
  { type: "clone", timeNs: "8", parent: "1.0", ...task(10, "2") },
];

describe("descentIn and livesByTrace", () => {
  it("find the same of a trace", () => {
    const lives = livesByTrace(descentIn(LINES, ROOT));
    expect(lives.threads.size).toBe(0);
    expect(lives.processes).toEqual(
      new Map([
        [10, { forks: 1, execs: 0, exits: 1 }],
        [11, { forks: 1, execs: 1, exits: 1 }],
      ]),
    );
    expect(descentIn(LINES, { pid: 10, sinceNs: 7n }).map(({ timeNs }) => timeNs)).toEqual(["8"]);
  });
});

describe("differences", () => {
  it("names who is told of differently, or not at all", () => {
    const one = { forks: 1, execs: 1, exits: 1 };
    const ours = new Map([
      [1, one],
      [2, one],
    ]);
    const theirs = new Map([
      [1, one],
      [2, { ...one, execs: 2 }],
      [3, one],
    ]);
    expect(differences(ours, theirs)).toEqual([
      "2: told 1 forks 1 execs 1 exits, the tracepoints 1 forks 2 execs 1 exits",
      "3: told unknown, the tracepoints 1 forks 1 execs 1 exits",
    ]);
  });
});
