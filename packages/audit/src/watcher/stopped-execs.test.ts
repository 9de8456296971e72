import { expect, test } from "vitest";
import { AuditContext } from "./audit-context.ts";
import { ByteBudget } from "./byte-budget.ts";
import { EventJoin } from "./event-join.ts";
import {
  callAt,
  EXEC,
  EXIT,
  execAt,
  exitAt,
  FAILED_EXEC,
  failedAt,
  processAt,
  stoppedAt,
} from "./told.fixture.ts";

function context(budget = new ByteBudget(64 * 1024 * 1024)): AuditContext {
  return new AuditContext(processAt(5, 100), { budget, failed: () => {} });
}

/** `stop 100` is raised, `done 110` told when done, `fail 100` taken back, `record 104` of an exec that succeeded, `lost 104` none. */
function play(...steps: readonly string[]): Array<readonly [exec: number, record?: number]> {
  const of = context();
  const records = new Map<number, number>();
  for (const step of steps) {
    const [what, time] = step.split(" ");
    const ms = Number(time);
    if (what === "stop") of.exec(stoppedAt(ms));
    else if (what === "done") of.exec(execAt(ms));
    else if (what === "fail") of.execFailed(failedAt(ms));
    else {
      const record = callAt(ms, 5, EXEC);
      records.set(record.facts.stamp.serial, ms);
      of.take(record);
    }
  }
  const { execs, unkept, unrecorded } = of.execs();
  expect(unkept).toBe(0);
  expect(unrecorded).toBe(execs.filter(({ facts }) => facts === undefined).length);
  return execs.map(({ event, facts }) => {
    const record = facts && records.get(facts.stamp.serial);
    const exec = Number(event.timeNs / 1_000_000n);
    return record === undefined ? [exec] : [exec, record];
  });
}

test.each([
  ["the record after the event", ["stop 100", "record 104"], [[100, 104]]],
  ["the record before the event", ["record 104", "stop 100"], [[100, 104]]],
  ["a stamp that is too early", ["stop 100", "record 92"], [[100, 92]]],
  ["a watcher that takes its time", ["stop 100", "record 5000"], [[100, 5000]]],
  [
    "two, one after the other",
    ["stop 100", "record 104", "stop 200", "record 204"],
    [
      [100, 104],
      [200, 204],
    ],
  ],
  [
    "two at the same time, by their stamps",
    ["stop 100", "stop 101", "record 100", "record 100"],
    [
      [100, 100],
      [101, 100],
    ],
  ],
  ["the second one's record alone", ["stop 100", "stop 200", "record 204"], [[100], [200, 204]]],
  ["the first one's record alone", ["stop 100", "stop 200", "record 150"], [[100, 150], [200]]],
  ["a record that fits two", ["stop 100", "stop 101", "record 100"], [[100], [101]]],
  ["a record from before the watch", ["record 50", "record 104", "stop 100"], [[100, 104]]],
  ["only a record from before the watch", ["record 50", "stop 100"], [[100]]],
  [
    "one that was not stopped behind one that was",
    ["stop 100", "done 200", "record 104", "record 195"],
    [
      [100, 104],
      [200, 195],
    ],
  ],
  [
    "one that was stopped behind one that was not",
    ["done 100", "stop 200", "record 95", "record 204"],
    [
      [100, 95],
      [200, 204],
    ],
  ],
  [
    "between one that was not stopped and one that was",
    ["done 100", "stop 200", "record 150"],
    [[100], [200]],
  ],
  [
    "one that was done before the one that stands still, and told after it",
    ["stop 200", "done 150", "record 140", "record 204"],
    [
      [150, 140],
      [200, 204],
    ],
  ],
  ["one that failed", ["stop 100", "fail 100"], []],
  [
    "one that failed before the next",
    ["stop 100", "fail 100", "stop 200", "record 204"],
    [[200, 204]],
  ],
  [
    "one that failed, told after the next",
    ["stop 100", "stop 102", "fail 100", "record 101"],
    [[102, 101]],
  ],
  [
    "one of another thread that failed while the first one stood still",
    ["stop 100", "stop 102", "record 150", "fail 102"],
    [[100, 150]],
  ],
  [
    "one whose failure was told first",
    ["fail 100", "stop 100", "stop 200", "record 204"],
    [[200, 204]],
  ],
  [
    "the failure of one that nobody told us of",
    ["fail 90", "stop 100", "record 104"],
    [[100, 104]],
  ],
] as const)("An exec that was stopped is paired with its record: %s", (_, steps, wanted) => {
  expect(play(...steps)).toEqual(wanted);
});

test("An exec that failed after it was raised leaves no pair, and its record is one of a failed exec", () => {
  const of = context();
  of.exec(stoppedAt(100));
  of.take(callAt(104, 5, FAILED_EXEC, "/bin/script"));
  of.execFailed(failedAt(100));
  expect(of.execs()).toEqual({ execs: [], unkept: 0, unrecorded: 0 });
  expect(of.failedExecs().map(({ errno }) => errno)).toEqual(["ENOENT"]);
});

test("An exec that failed and was never raised takes nothing away", () => {
  const of = context();
  of.execFailed({ ...failedAt(100), raised: false });
  of.exec(stoppedAt(100));
  of.take(callAt(104, 5, EXEC));
  expect(of.execs().execs).toHaveLength(1);
});

test("Execs that fail give back their room", () => {
  const budget = new ByteBudget(1024 * 1024);
  const of = context(budget);
  of.exec(stoppedAt(100));
  expect(budget.taken).toBeGreaterThan(0);
  of.execFailed(failedAt(100));
  expect(budget.taken).toBe(0);
});

test.each([0, 1, 5])(
  "The first thousand of many stopped execs have their records, %i records being from before the watch, every fourth exec failing",
  (before) => {
    const of = context();
    const wanted: number[] = [];
    for (let i = 0; i < before; i++) of.take(callAt(101, 5, EXEC));
    for (let i = 0; i < 1500; i++) {
      of.exec(stoppedAt(200 + 2 * i));
      if (i % 4 === 3) {
        of.execFailed(failedAt(200 + 2 * i));
        continue;
      }
      const record = callAt(200 + 2 * i, 5, EXEC);
      wanted.push(record.facts.stamp.serial);
      of.take(record);
    }
    const { execs, unkept, unrecorded } = of.execs();
    expect(execs.map(({ facts }) => facts?.stamp.serial)).toEqual(wanted.slice(0, 1024 - before));
    expect([unkept, unrecorded]).toEqual([1125 - 1024 + before, 0]);
  },
);

test("A stopped exec beyond the thousandth gets no other's record when one was lost", () => {
  const of = context();
  const lost = 3;
  const wanted: (number | undefined)[] = [];
  for (let i = 0; i < 1500; i++) {
    of.exec(stoppedAt(200 + 100 * i));
    const record = callAt(204 + 100 * i, 5, EXEC);
    if (i !== lost) of.take(record);
    wanted.push(i === lost ? undefined : record.facts.stamp.serial);
  }
  const { execs, unkept, unrecorded } = of.execs();
  expect(execs.map(({ facts }) => facts?.stamp.serial)).toEqual(wanted.slice(0, execs.length));
  expect([execs.length, unkept, unrecorded]).toEqual([1024, 476, 1]);
});

test("EventJoin waits no longer when the exec that a record was due of has failed", async () => {
  const settled: string[] = [];
  const join = new EventJoin({
    drain: () => {},
    joined: () => {},
    failed: () => {},
    settled: ({ task }, isComplete) => settled.push(`${task.id} ${isComplete}`),
    graceMs: 60_000,
    now: () => 0n,
    wantsExits: true,
  });
  const task = processAt(5, 100);
  join.begin(task);
  join.context(task)?.exec(stoppedAt(150));
  join.event(callAt(199, 5, EXIT));
  const wait = join.exit(exitAt(200), task);
  expect(settled).toEqual([]);
  join.execFailed(failedAt(150), task);
  await wait;
  expect(settled).toEqual(["5.10 true"]);
  join.free(task);
  join.execFailed(failedAt(150), task);
  join.close();
});
