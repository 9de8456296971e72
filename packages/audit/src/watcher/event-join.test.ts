import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AuditContext } from "./audit-context.ts";
import { EventJoin } from "./event-join.ts";
import {
  callAt,
  eventAt,
  EXEC,
  execAt,
  EXIT,
  exitAt,
  latePartOf,
  processAt,
} from "./told.fixture.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function joined({ wantsExits = true } = {}) {
  const told: string[] = [];
  const settled: Array<readonly [id: string, isComplete: boolean]> = [];
  let late: (() => void) | undefined;
  const join = new EventJoin({
    drain: () => late?.(),
    joined: (taskId, { facts }) => told.push(`${taskId} ${facts.syscallName ?? facts.type}`),
    failed: () => {},
    settled: ({ task }: AuditContext, isComplete) => settled.push([task.id, isComplete]),
    graceMs: 1000,
    now: () => BigInt(Math.round(performance.now() * 1e6)),
    wantsExits,
  });
  return { join, told, settled, onDrain: (body: () => void) => (late = body) };
}

test("EventJoin gives an event to the process that has its pid at that time", () => {
  const { join, told } = joined();
  join.begin(processAt(5, 100));
  join.event(callAt(150, 5, EXEC));
  join.event(callAt(150, 6, EXEC));
  expect(told).toEqual(["5.10 execve"]);
  expect(join.counters).toMatchObject({ joined: 1, ambiguous: 0, others: 0 });
});

test("EventJoin keeps what comes before its task, and gives up what nobody takes", () => {
  const { join, told } = joined();
  join.event(callAt(150, 5, EXEC));
  join.event(callAt(150, 7, EXEC));
  join.begin(processAt(5, 100));
  expect(told).toEqual(["5.10 execve"]);
  join.close();
  expect(join.counters.others).toBe(1);
});

test("EventJoin does not give a task the events of the one that had its pid before", () => {
  const { join, told } = joined();
  join.begin(processAt(5, 500));
  join.event(callAt(150, 5, EXEC));
  expect(told).toEqual([]);
});

test("EventJoin gives an event that may be of two processes with the same pid to neither, and counts it", () => {
  const { join, told } = joined();
  const first = processAt(5, 100);
  join.begin(first);
  void join.exit(exitAt(205), first);
  join.begin(processAt(5, 207));
  join.event(callAt(204, 5, EXEC));
  expect(told).toEqual([]);
  expect(join.counters.ambiguous).toBe(1);
});

test("EventJoin waits for the records that are due at a process's end, and no longer", async () => {
  const { join, settled } = joined();
  const task = processAt(5, 100);
  join.begin(task);
  join.context(task)?.exec(execAt(110));
  let isOver = false;
  void join.exit(exitAt(200), task)?.then(() => (isOver = true));
  join.event(callAt(105, 5, EXEC));
  await Promise.resolve();
  expect(isOver).toBe(false);
  join.event(callAt(199, 5, EXIT));
  await vi.advanceTimersByTimeAsync(0);
  expect(isOver).toBe(true);
  expect(settled).toEqual([["5.10", true]]);
});

test("EventJoin reads what is queued before it lets a process wait", () => {
  const { join, settled, onDrain } = joined();
  const task = processAt(5, 100);
  join.begin(task);
  onDrain(() => join.event(callAt(199, 5, EXIT)));
  expect(join.exit(exitAt(200), task)).toBeUndefined();
  expect(settled).toEqual([["5.10", true]]);
});

test("EventJoin ends a wait when the records' own clock is past it: of a killed process none says the end", async () => {
  const { join, settled } = joined();
  const task = processAt(5, 100);
  join.begin(task);
  void join.exit(exitAt(200), task);
  join.event(callAt(240, 9, EXEC));
  expect(settled).toEqual([]);
  join.event(callAt(260, 9, EXEC));
  expect(settled).toEqual([["5.10", true]]);
});

test("EventJoin gives up after its time, and says that it did", async () => {
  const { join, settled } = joined();
  const task = processAt(5, 100);
  join.begin(task);
  const wait = join.exit(exitAt(200), task);
  await vi.advanceTimersByTimeAsync(1001);
  await wait;
  expect(settled).toEqual([["5.10", false]]);
});

test("EventJoin gives nothing of threads, and to a process that is gone only what was made while it was there", () => {
  const { join, told } = joined();
  const task = processAt(5, 100);
  join.begin(task);
  const thread = { ...processAt(6, 100), tgid: 5 };
  join.begin(thread);
  expect(join.context(thread)).toBeUndefined();
  void join.exit(exitAt(200), task);
  join.free(task);
  expect(join.context(task)).toBeUndefined();
  join.event(callAt(250, 5, EXEC));
  expect(told).toEqual([]);
  join.close();
  expect(join.counters).toMatchObject({ joined: 0, ambiguous: 0, others: 1 });
});

const CRASH = [
  [1701, 'auid=0 uid=0 gid=0 ses=1 pid=5 comm="sh" exe="/bin/sh" sig=11 res=1'],
] as const;

test("EventJoin gives a process the record of its crash, which comes seconds after it was let go", async () => {
  const { join, told, settled } = joined();
  const task = processAt(5, 100);
  join.begin(task);
  void join.exit({ ...exitAt(200), signal: 11 }, task);
  join.event(callAt(260, 9, EXEC));
  join.free(task);
  await vi.advanceTimersByTimeAsync(4000);
  join.event(callAt(4260, 9, EXEC));
  await vi.advanceTimersByTimeAsync(600);
  join.event(eventAt(199, CRASH));
  expect(told).toEqual(["5.10 ANOM_ABEND"]);
  expect(settled).toEqual([["5.10", false]]);
  join.close();
});

test("EventJoin forgets a process that is gone when nothing of it can come any more", async () => {
  const { join, told } = joined();
  const task = processAt(5, 100);
  join.begin(task);
  void join.exit(exitAt(200), task);
  join.free(task);
  join.event(callAt(6000, 9, EXEC));
  await vi.advanceTimersByTimeAsync(6000);
  join.event(eventAt(199, CRASH));
  expect(told).toEqual([]);
  join.close();
});

test("EventJoin knows a crash that was told before the end for all there is to come", () => {
  const { join, settled } = joined();
  const task = processAt(5, 100);
  join.begin(task);
  join.event(eventAt(199, CRASH));
  void join.exit({ ...exitAt(200), signal: 11 }, task);
  join.event(callAt(260, 9, EXEC));
  expect(settled).toEqual([["5.10", true]]);
  join.close();
});

test("EventJoin gives a late part, which names no process, to whoever has the rest", () => {
  const { join, told } = joined();
  const task = processAt(5, 100);
  join.begin(task);
  const [own, other] = [callAt(150, 5, EXEC), callAt(150, 9, EXEC)];
  for (const event of [own, other]) join.event(event);
  join.event(latePartOf(own, 1307, 'cwd="/"'));
  join.event(latePartOf(other, 1307, 'cwd="/"'));
  expect(told).toEqual(["5.10 execve", "5.10 CWD"]);
  expect(join.counters).toMatchObject({ joined: 2, strayLate: 1 });
  join.close();
});

test("EventJoin lets events of unknown processes go when they are too old, also when nothing more comes", async () => {
  const { join } = joined();
  join.event(callAt(150, 5, EXEC));
  await vi.advanceTimersByTimeAsync(3000);
  expect(join.counters.others).toBe(1);
  join.close();
});
