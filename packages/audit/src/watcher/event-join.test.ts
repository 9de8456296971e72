import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AuditContext } from "./audit-context.ts";
import { EventJoin } from "./event-join.ts";
import { callAt, EXEC, execAt, EXIT, exitAt, processAt } from "./told.fixture.ts";

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
    joined: ({ task }: AuditContext, { facts }) => told.push(`${task.id} ${facts.syscallName}`),
    settled: ({ task }: AuditContext, isComplete) => settled.push([task.id, isComplete]),
    graceMs: 1000,
    now: () => BigInt(Math.round(performance.now() * 1e6)),
    wantsExits,
  });
  return { join, told, settled, onDrain: (body: () => void) => (late = body) };
}

test("EventJoin gives an event to the process that has its pid at that time", () => {
  const { join, told } = joined();
  join.begin(processAt(5, 100), false);
  join.event(5, callAt(150, 5, EXEC));
  join.event(6, callAt(150, 6, EXEC));
  expect(told).toEqual(["5.10 execve"]);
  expect(join.counters).toEqual({ joined: 1, ambiguous: 0, others: 0 });
});

test("EventJoin keeps what comes before its task, and gives up what nobody takes", () => {
  const { join, told } = joined();
  join.event(5, callAt(150, 5, EXEC));
  join.event(7, callAt(150, 7, EXEC));
  join.begin(processAt(5, 100), false);
  expect(told).toEqual(["5.10 execve"]);
  join.close();
  expect(join.counters.others).toBe(1);
});

test("EventJoin does not give a task the events of the one that had its pid before", () => {
  const { join, told } = joined();
  join.begin(processAt(5, 500), false);
  join.event(5, callAt(150, 5, EXEC));
  expect(told).toEqual([]);
});

test("EventJoin gives an event that may be of two processes with the same pid to neither, and counts it", () => {
  const { join, told } = joined();
  const first = processAt(5, 100);
  join.begin(first, false);
  void join.exit(exitAt(205), first);
  join.begin(processAt(5, 207), false);
  join.event(5, callAt(204, 5, EXEC));
  expect(told).toEqual([]);
  expect(join.counters.ambiguous).toBe(1);
});

test("EventJoin waits for the records that are due at a process's end, and no longer", async () => {
  const { join, settled } = joined();
  const task = processAt(5, 100);
  join.begin(task, false);
  join.context(task)?.exec(execAt(110));
  let isOver = false;
  void join.exit(exitAt(200), task)?.then(() => (isOver = true));
  join.event(5, callAt(105, 5, EXEC));
  await Promise.resolve();
  expect(isOver).toBe(false);
  join.event(5, callAt(199, 5, EXIT));
  await vi.advanceTimersByTimeAsync(0);
  expect(isOver).toBe(true);
  expect(settled).toEqual([["5.10", true]]);
});

test("EventJoin reads what is queued before it lets a process wait", () => {
  const { join, settled, onDrain } = joined();
  const task = processAt(5, 100);
  join.begin(task, false);
  onDrain(() => join.event(5, callAt(199, 5, EXIT)));
  expect(join.exit(exitAt(200), task)).toBeUndefined();
  expect(settled).toEqual([["5.10", true]]);
});

test("EventJoin ends a wait when the records' own clock is past it: of a killed process none says the end", async () => {
  const { join, settled } = joined();
  const task = processAt(5, 100);
  join.begin(task, false);
  void join.exit(exitAt(200), task);
  join.event(9, callAt(240, 9, EXEC));
  expect(settled).toEqual([]);
  join.event(9, callAt(260, 9, EXEC));
  expect(settled).toEqual([["5.10", true]]);
});

test("EventJoin gives up after its time, and says that it did", async () => {
  const { join, settled } = joined();
  const task = processAt(5, 100);
  join.begin(task, false);
  const wait = join.exit(exitAt(200), task);
  await vi.advanceTimersByTimeAsync(1001);
  await wait;
  expect(settled).toEqual([["5.10", false]]);
});

test("EventJoin has nothing left of a process after its free, nor of threads ever", () => {
  const { join } = joined();
  const task = processAt(5, 100);
  join.begin(task, false);
  const thread = { ...processAt(6, 100), tgid: 5 };
  join.begin(thread, false);
  expect(join.context(thread)).toBeUndefined();
  join.free(task);
  expect(join.context(task)).toBeUndefined();
  join.event(5, callAt(150, 5, EXEC));
  join.close();
  expect(join.counters).toEqual({ joined: 0, ambiguous: 0, others: 1 });
});
