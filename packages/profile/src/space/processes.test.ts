import { expect, test, vi } from "vitest";
import type { PerfRecord } from "@task-watchers/perf";
import type { Mapping } from "./mapping.ts";
import { Processes } from "./processes.ts";

let clock = 1n;

function exec(pid: number, comm: string): PerfRecord {
  return { type: "comm", pid, tid: pid, timeNs: clock++, comm, isExec: true };
}

function fork(pid: number, ppid: number, tid = pid): PerfRecord {
  return { type: "fork", pid, tid, ppid, ptid: ppid, timeNs: clock++ };
}

function exit(pid: number, tid = pid): PerfRecord {
  return { type: "exit", pid, tid, ppid: 1, ptid: 1, timeNs: clock++ };
}

const LOST: PerfRecord = { type: "lost", of: "records", count: 3, pid: 1, tid: 1, timeNs: 0n };

function file(start: number, path: string): Omit<Mapping, "kind"> {
  const place = { start: BigInt(start), end: BigInt(start + 0x1000), offset: 0n };
  return { ...place, major: 1, minor: 1, inode: 1n, path };
}

function map(pid: number, start: number, path: string): PerfRecord {
  return { type: "map", pid, tid: pid, timeNs: clock++, ...file(start, path) };
}

function apply(processes: Processes, ...records: PerfRecord[]): void {
  for (const record of records) processes.apply(record);
}

function placed(processes: Processes, pid: number, address: number): string {
  const place = processes.place(processes.get(pid, clock), BigInt(address));
  return place.kind === "file" ? place.mapping.path : place.kind;
}

/** Nobody is in /proc. */
const nothing = (): undefined => undefined;

test("Processes gives a child its parent's mappings, and an exec none of them", () => {
  const processes = new Processes(nothing);
  apply(processes, exec(10, "sh"), map(10, 0x1000, "/bin/sh"), fork(11, 10));
  expect(placed(processes, 11, 0x1000)).toBe("/bin/sh");
  apply(processes, exec(11, "ls"), map(11, 0x5000, "/bin/ls"));
  expect(placed(processes, 11, 0x1000)).toBe("unknown");
  expect(placed(processes, 11, 0x5000)).toBe("/bin/ls");
  expect(placed(processes, 10, 0x1000)).toBe("/bin/sh");
});

test("Processes knows what ran when, in what was forked as well", () => {
  const processes = new Processes(nothing);
  apply(processes, exec(10, "sh"));
  const shell = processes.get(10, clock);
  shell.nameProgram("dash", clock);
  apply(processes, fork(11, 10));
  const child = processes.get(11, clock);
  expect(child.program).toMatchObject({ comm: "sh", command: "dash" });
  const before = clock++;
  apply(processes, exec(11, "ls"));
  expect(child.programAt(before).comm).toBe("sh");
  expect(child.programAt(clock).comm).toBe("ls");
  child.nameProgram("list", clock);
  expect(child.program.command).toBe("list");
  expect(shell.program.command).toBe("dash");
});

test("A program whose exec was lost does not take the name of the one before", () => {
  const processes = new Processes(nothing);
  apply(processes, exec(10, "sh"), fork(11, 10));
  const child = processes.get(11, clock);
  child.nameProgram("late", clock++);
  expect(child.program.command).toBe("late");
  expect(processes.get(10, clock).program.command).toBeUndefined();
});

test("A process that was there before is looked up when it is asked for, once", () => {
  const reads: number[] = [];
  const processes = new Processes((tgid) => {
    reads.push(tgid);
    return [{ ...file(0x1000, "/bin/old"), kind: "file" }];
  });
  apply(processes, map(10, 0x5000, "/lib/new.so"));
  expect(reads).toEqual([]);
  expect(placed(processes, 10, 0x1000)).toBe("/bin/old");
  expect(placed(processes, 10, 0x5000)).toBe("/lib/new.so");
  expect(reads).toEqual([10]);
  apply(processes, fork(11, 10), fork(12, 99));
  expect(placed(processes, 11, 0x1000)).toBe("/bin/old");
  expect(reads).toEqual([10, 99]);
});

test("After a loss, mappings are looked up again; of what has ended they are left as they were", () => {
  const reads: number[] = [];
  const processes = new Processes((tgid) => {
    reads.push(tgid);
    return [{ ...file(0x9000, "/lib/lost.so"), kind: "file" }];
  });
  apply(processes, exec(10, "a"), map(10, 0x1000, "/bin/a"), exec(11, "b"), exit(11), LOST);
  expect(placed(processes, 10, 0x9000)).toBe("/lib/lost.so");
  expect(placed(processes, 10, 0x1000)).toBe("/bin/a");
  expect(placed(processes, 11, 0x9000)).toBe("unknown");
  expect(reads).toEqual([10]);
});

test("A pid that is used again is another process", () => {
  const processes = new Processes(nothing);
  apply(processes, exec(10, "a"), map(10, 0x1000, "/bin/a"), exec(11, "b"), exit(10), fork(10, 11));
  expect(placed(processes, 10, 0x1000)).toBe("unknown");
  expect(processes.get(10, clock).program.comm).toBe("b");
});

test("A thread is no process, and its end not the process's", () => {
  const processes = new Processes(nothing);
  apply(processes, exec(10, "a"), fork(10, 10, 12), exit(10, 12));
  expect(processes.size).toBe(1);
  expect(processes.get(10, clock).hasExited).toBe(false);
  apply(processes, exit(10));
  expect(processes.get(10, clock).hasExited).toBe(true);
});

test("Of processes that have ended only the last ones are remembered", () => {
  const processes = new Processes(nothing);
  for (let pid = 100; pid < 10_000; pid++) apply(processes, fork(pid, 1), exit(pid));
  // And the one that forked them.
  expect(processes.size).toBe(4097);
});

test("Processes counts mappings that are too many", () => {
  const processes = new Processes(nothing);
  apply(processes, exec(10, "a"));
  for (let n = 0; n < 16_390; n++) apply(processes, map(10, n * 0x2000, "//anon"));
  expect(placed(processes, 10, 0)).toBe("anonymous");
  expect(processes.mappingsDropped).toBe(6);
});

test("A storm of forks after losses looks nothing up before there are samples", () => {
  let reads = 0;
  const processes = new Processes(() => {
    reads++;
    return [];
  });
  apply(processes, exec(10, "a"), map(10, 0x1000, "/bin/a"));
  for (let pid = 100; pid < 200; pid++) apply(processes, LOST, fork(pid, 10), exit(pid));
  expect(reads).toBe(0);
  apply(processes, fork(300, 10));
  expect(placed(processes, 300, 0x1000)).toBe("/bin/a");
  expect(reads).toBe(1);
});

test("Processes whose ends were lost are not remembered for ever", () => {
  const processes = new Processes(nothing);
  for (let pid = 100; pid < 40_000; pid++) apply(processes, fork(pid, 1));
  expect(processes.size).toBe(32_768);
  expect(processes.find(39_999)).toBeDefined();
});

test("Looking up takes no more than its time, and what was not looked up is later", () => {
  const clock = vi.spyOn(performance, "now");
  try {
    let nowMs = 10_000;
    clock.mockImplementation(() => nowMs);
    const processes = new Processes(() => {
      nowMs += 60;
      return [{ ...file(0x1000, "/bin/slow"), kind: "file" }];
    });
    expect(placed(processes, 10, 0x1000)).toBe("/bin/slow");
    expect(placed(processes, 11, 0x1000)).toBe("unknown");
    expect(processes.looksRefused).toBe(1);
    nowMs += 1000;
    expect(placed(processes, 11, 0x1000)).toBe("/bin/slow");
  } finally {
    clock.mockRestore();
  }
});
