import type { Task } from "@task-watchers/chain";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Arrival } from "./arrival.ts";
import { exitAt, fakeArrival, fakeTask, FORKED, MS, S } from "./fake-tasks.fixture.ts";
import type { Figures } from "./figures.ts";
import { RecordJoin } from "./record-join.ts";

interface Told {
  readonly task: Task;
  readonly figures: Readonly<Figures> | undefined;
  readonly reason: string | undefined;
}

/** A join whose queued records are given by hand. */
function setUp(queue: Arrival[] = []) {
  const told: Told[] = [];
  const join = new RecordJoin({
    graceMs: 200,
    now: () => 0n,
    pidRoundNs: 250n * MS,
    drain: () => {
      for (const arrival of queue.splice(0)) join.record(arrival);
    },
    settled: (seat, _exit, reason) => {
      told.push({ task: seat.task, figures: seat.total()?.figures, reason });
    },
  });
  const begin = (task: Task): Task => join.begin(task, FORKED).task;
  return { join, told, queue, begin };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

test("exit() settles at once when the record came first", () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 1n * S));
  join.record(fakeArrival({ pid: 10, elapsedNs: 2n * S, arrivedNs: 3n * S }));
  expect(join.exit(exitAt(3n * S), task)).toBeUndefined();
  expect(told).toEqual([{ task, figures: { wallNs: 2n * S }, reason: undefined }]);
  expect(join.counters).toEqual({ joined: 1, missing: 0 });
  expect(join.unclaimed).toBe(0);
});

test("exit() reads what is queued, so that a record that was not read yet is found at once", () => {
  const queue = [fakeArrival({ pid: 10, elapsedNs: 2n * S, arrivedNs: 3n * S })];
  const { join, told, begin } = setUp(queue);
  const task = begin(fakeTask(10, 1n * S));
  expect(join.exit(exitAt(3n * S), task)).toBeUndefined();
  expect(told).toMatchObject([{ task, reason: undefined }]);
});

test("exit() waits for a record that is late", async () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 1n * S));
  const done = join.exit(exitAt(3n * S), task);
  vi.advanceTimersByTime(199);
  expect(told).toEqual([]);
  join.record(fakeArrival({ pid: 10, elapsedNs: 2n * S, arrivedNs: 3n * S + 1n }));
  await done;
  expect(told).toMatchObject([{ task, reason: undefined }]);
});

test("exit() gives up after the grace, and says so", async () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 1n * S));
  const done = join.exit(exitAt(3n * S), task);
  vi.advanceTimersByTime(200);
  await done;
  expect(told).toEqual([{ task, figures: undefined, reason: "no-record" }]);
  expect(join.counters).toEqual({ joined: 0, missing: 1 });
});

test("exit() does not wait for a record that was lost", () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 1n * S));
  join.recordsLost({ reason: "overrun", count: 5, cpu: 0, sinceNs: 2n * S, untilNs: 4n * S });
  expect(join.exit(exitAt(3n * S), task)).toBeUndefined();
  expect(told).toEqual([{ task, figures: undefined, reason: "lost" }]);
  expect(join.lost).toBe(5);
});

test("begin() finds the record of a task whose beginning was told after its end was recorded", () => {
  const { join, told, begin } = setUp();
  join.record(fakeArrival({ pid: 10, elapsedNs: 5n * MS, arrivedNs: S + 5n * MS }));
  const task = begin(fakeTask(10, 1n * S));
  join.exit(exitAt(S + 5n * MS), task);
  expect(told).toMatchObject([{ task, reason: undefined }]);
  expect(join.unclaimed).toBe(0);
});

test("A reused pid never gets the record of the task before it", async () => {
  const { join, told, begin } = setUp();
  // Read before the second began.
  join.record(fakeArrival({ pid: 10, elapsedNs: 1n * S, arrivedNs: 2n * S }));
  // Read after it began, and lived for longer than it could have.
  const second = begin(fakeTask(10, 5n * S));
  join.record(fakeArrival({ pid: 10, elapsedNs: 4n * S, arrivedNs: 6n * S }));
  // Read after it began, and lived for too short a time.
  join.record(fakeArrival({ pid: 10, elapsedNs: 1n * MS, madeFromNs: 4n * S, arrivedNs: 6n * S }));
  const done = join.exit(exitAt(30n * S), second);
  vi.advanceTimersByTime(200);
  await done;
  expect(told).toEqual([{ task: second, figures: undefined, reason: "no-record" }]);
  join.close();
  expect(join.unclaimed).toBe(3);
});

test("A reused pid's record is found behind one that is not its own", () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 5n * S));
  join.record(fakeArrival({ pid: 10, elapsedNs: 1n * MS, madeFromNs: 4n * S, arrivedNs: 6n * S }));
  join.record(fakeArrival({ pid: 10, elapsedNs: 25n * S, arrivedNs: 30n * S }));
  expect(join.exit(exitAt(30n * S), task)).toBeUndefined();
  expect(told).toEqual([{ task, figures: { wallNs: 25n * S }, reason: undefined }]);
});

test("A pid that is reused while the first waits: the first is given up, the second gets its own", () => {
  const { join, told, begin } = setUp();
  const first = begin(fakeTask(10, 1n * S));
  void join.exit(exitAt(2n * S), first);
  const second = begin(fakeTask(10, 3n * S));
  join.record(fakeArrival({ pid: 10, elapsedNs: 1n * S, arrivedNs: 4n * S }));
  join.exit(exitAt(4n * S), second);
  expect(told).toMatchObject([
    { task: first, reason: "no-record" },
    { task: second, reason: undefined },
  ]);
});

test("Records of threads are added up, and the last one ends the process", () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 1n * S));
  const thread = { tgid: 10, elapsedNs: 1n * S, arrivedNs: 2n * S, isLast: false };
  join.record(fakeArrival({ ...thread, pid: 11, figures: { readBytes: 1n, peakRssBytes: 7n } }));
  // The first thread ends before others do.
  join.record(fakeArrival({ ...thread, pid: 10, figures: { readBytes: 2n, peakRssBytes: 9n } }));
  expect(join.counters.joined).toBe(0);
  join.record(
    fakeArrival({ ...thread, pid: 12, isLast: true, figures: { readBytes: 4n, peakRssBytes: 8n } }),
  );
  join.exit(exitAt(5n * S), task);
  const figures = { wallNs: 3n * S, readBytes: 7n, peakRssBytes: 9n };
  expect(told).toEqual([{ task, figures, reason: undefined }]);
});

test("The record of the last thread may be read before those of others", () => {
  const queue: Arrival[] = [];
  const { join, told, begin } = setUp(queue);
  const task = begin(fakeTask(10, 1n * S));
  const one = { tgid: 10, elapsedNs: 1n * S, arrivedNs: 2n * S, figures: { readBytes: 1n } };
  join.record(fakeArrival({ ...one, pid: 10, group: { onCpuNs: 5n } }));
  queue.push(fakeArrival({ ...one, pid: 11, isLast: false }));
  join.exit(exitAt(2n * S), task);
  expect(told).toMatchObject([{ figures: { readBytes: 2n, onCpuNs: 5n } }]);
});

test("What the kernel added up itself counts, as it knows threads from before the watch", () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 1n * S));
  const one = { pid: 10, elapsedNs: 1n * S, arrivedNs: 2n * S };
  const figures = { onCpuNs: 1n, userNs: 2n, readBytes: 3n };
  join.record(fakeArrival({ ...one, figures, group: { wallNs: 9n * S, onCpuNs: 8n } }));
  join.exit(exitAt(2n * S), task);
  const sum = { wallNs: 9n * S, onCpuNs: 8n, userNs: 2n, readBytes: 3n };
  expect(told).toEqual([{ task, figures: sum, reason: undefined }]);
});

test("A program run by another thread does not end the process", async () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 1n * S));
  // The old first thread is killed; the one that runs the program takes its id.
  const killed = { pid: 10, isLast: false, elapsedNs: 1n * S, arrivedNs: 2n * S };
  join.record(fakeArrival({ ...killed, figures: { readBytes: 1n } }));
  const group = { wallNs: 5n * S };
  const last = { pid: 10, elapsedNs: 4n * S, arrivedNs: 5n * S, group };
  join.record(fakeArrival({ ...last, figures: { readBytes: 2n } }));
  await join.exit(exitAt(5n * S), task);
  const figures = { wallNs: 5n * S, readBytes: 3n };
  expect(told).toEqual([{ task, figures, reason: undefined }]);
});

test("A thread watched as a task has its own record, and its process has it too", () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 1n * S));
  const thread = begin({ ...fakeTask(11, 1n * S, task), tgid: 10 });
  const one = { tgid: 10, elapsedNs: 1n * S, arrivedNs: 2n * S };
  join.record(fakeArrival({ ...one, pid: 11, isLast: false, figures: { readBytes: 1n } }));
  join.exit(exitAt(2n * S), thread);
  join.record(fakeArrival({ ...one, pid: 10, figures: { readBytes: 2n } }));
  join.exit(exitAt(2n * S), task);
  expect(told).toEqual([
    { task: thread, figures: { wallNs: 1n * S, readBytes: 1n }, reason: undefined },
    { task, figures: { wallNs: 2n * S, readBytes: 3n }, reason: undefined },
  ]);
});

test("A thread that became the process by running a program has no record, and none is waited for", () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 1n * S));
  const thread = begin({ ...fakeTask(11, 1n * S, task), tgid: 10 });
  const event = { ...exitAt(2n * S), synthetic: "exec-from-thread" } as const;
  expect(join.exit(event, thread)).toBeUndefined();
  expect(told).toMatchObject([{ task: thread, reason: "exec-from-thread" }]);
});

test("Records of tasks that nobody watches are kept for a while, and counted for ever", () => {
  const { join } = setUp();
  for (let pid = 1; pid <= 40_000; pid++) {
    join.record(fakeArrival({ pid, elapsedNs: 1n, arrivedNs: 1n * S }));
  }
  // The last 32,768 may still be somebody's.
  expect(join.unclaimed).toBe(40_000 - 32_768);
  join.record(fakeArrival({ pid: 7, elapsedNs: 1n, arrivedNs: 100n * S }));
  expect(join.unclaimed).toBe(40_000);
  join.close();
  expect(join.unclaimed).toBe(40_001);
});

test("close() ends every wait", async () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 1n * S));
  const done = join.exit(exitAt(3n * S), task);
  join.close();
  await done;
  expect(told).toMatchObject([{ task, reason: "no-record" }]);
});

test("The record of the one before, read after the pid is another's, is not the one taken", () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 5n * S));
  // Made just before; the queue was not empty since.
  const before = { pid: 10, elapsedNs: MS / 10n, madeFromNs: 5n * S - 2n * MS };
  join.record(fakeArrival({ ...before, arrivedNs: 5n * S + 3n * MS }));
  join.record(fakeArrival({ pid: 10, elapsedNs: 300n * MS, arrivedNs: 5n * S + 301n * MS }));
  join.exit(exitAt(5n * S + 300n * MS), task);
  expect(told).toEqual([{ task, figures: { wallNs: 300n * MS }, reason: undefined }]);
  join.close();
  expect(join.unclaimed).toBe(1);
});

test("Two records that fit alike are none", () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 5n * S));
  const one = { pid: 10, elapsedNs: 1n * MS, madeFromNs: 4n * S, arrivedNs: 6n * S };
  for (let i = 0; i < 2; i++) join.record(fakeArrival(one));
  expect(join.exit(exitAt(5n * S + 1n * MS), task)).toBeUndefined();
  expect(told).toEqual([{ task, figures: undefined, reason: "ambiguous" }]);
  expect(join.counters).toEqual({ joined: 0, missing: 1 });
});

test("While records are lost, one that may have been made at any time is not taken", () => {
  const { join, told, begin } = setUp();
  const [first, second] = [begin(fakeTask(10, 5n * S)), begin(fakeTask(11, 5n * S))];
  join.recordsLost({ reason: "overrun", count: 5, cpu: 0, sinceNs: 4n * S, untilNs: 7n * S });
  const one = { elapsedNs: 1n * MS, arrivedNs: 6n * S };
  join.record(fakeArrival({ ...one, pid: 10, madeFromNs: 4n * S }));
  join.exit(exitAt(5n * S + 1n * MS), first);
  join.record(fakeArrival({ ...one, pid: 11, arrivedNs: 5n * S + 4n * MS }));
  join.exit(exitAt(5n * S + 1n * MS), second);
  expect(told.map(({ reason }) => reason)).toEqual(["ambiguous", undefined]);
});

test("A record that was made after the end is kept for the next one with the pid", () => {
  const { join, told, begin } = setUp();
  const first = begin(fakeTask(10, 5n * S));
  // Everything is told late: both records are there before the first one's end is.
  const one = { pid: 10, elapsedNs: 1n * MS, arrivedNs: 8n * S };
  join.record(fakeArrival({ ...one, madeFromNs: 4n * S, figures: { readBytes: 1n } }));
  join.record(fakeArrival({ ...one, madeFromNs: 6n * S, figures: { readBytes: 2n } }));
  join.exit(exitAt(5n * S + 1n * MS), first);
  const second = begin(fakeTask(10, 7n * S));
  join.exit(exitAt(7n * S + 1n * MS), second);
  expect(told).toMatchObject([
    { task: first, figures: { readBytes: 1n }, reason: undefined },
    { task: second, figures: { readBytes: 2n }, reason: undefined },
  ]);
});

test("A task without record while others were lost perhaps lost it", async () => {
  const { join, told, begin } = setUp();
  const task = begin(fakeTask(10, 1n * S));
  const done = join.exit(exitAt(3n * S), task);
  const sinceNs = 3n * S + 100n * MS;
  join.recordsLost({ reason: "overrun", count: 5, cpu: 0, sinceNs, untilNs: 4n * S });
  vi.advanceTimersByTime(200);
  await done;
  expect(told).toMatchObject([{ reason: "perhaps-lost" }]);
});
