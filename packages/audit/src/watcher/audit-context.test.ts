import { expect, test } from "vitest";
import { AuditContext } from "./audit-context.ts";
import { ByteBudget } from "./byte-budget.ts";
import { callAt, EXEC, eventAt, execAt, FAILED_EXEC, processAt } from "./told.fixture.ts";

const MIB = 1024 * 1024;

function context(budget = new ByteBudget(64 * MIB), failed = () => {}): AuditContext {
  return new AuditContext(processAt(5, 100), { budget, failed });
}

const serials = (of: AuditContext) => of.execs().execs.map(({ facts }) => facts?.stamp.serial);

test("AuditContext pairs execs and records in order when there is one for each", () => {
  const of = context();
  const [first, second] = [callAt(110, 5, EXEC), callAt(112, 5, EXEC)];
  of.exec(execAt(111));
  of.exec(execAt(113));
  of.take(first);
  of.take(second);
  expect(serials(of)).toEqual([first.facts.stamp.serial, second.facts.stamp.serial]);
});

test("AuditContext leaves an exec without a record rather than give it another's", () => {
  const of = context();
  const second = callAt(300, 5, EXEC);
  of.exec(execAt(111));
  of.exec(execAt(301));
  of.take(second);
  expect(serials(of)).toEqual([undefined, second.facts.stamp.serial]);
});

test("AuditContext gives a record that fits two execs to neither", () => {
  const of = context();
  of.exec(execAt(111));
  of.exec(execAt(113));
  of.take(callAt(110, 5, EXEC));
  expect(serials(of)).toEqual([undefined, undefined]);
});

test("AuditContext leaves out records from before the watch", () => {
  const of = context();
  const known = callAt(150, 5, EXEC);
  of.take(callAt(105, 5, EXEC));
  of.take(known);
  of.exec(execAt(151));
  expect(serials(of)).toEqual([known.facts.stamp.serial]);
});

test("AuditContext pairs by time when some of both were lost: an exec does not get the next one's record", () => {
  const of = context();
  const [first, second, third] = [110, 300, 500].map((ms) => callAt(ms, 5, EXEC));
  of.exec(execAt(111));
  of.exec(execAt(501));
  for (const told of [first, second, third]) if (told !== undefined) of.take(told);
  expect(serials(of)).toEqual([first?.facts.stamp.serial, undefined]);
  expect(of.execs().unrecorded).toBe(1);
});

test.each([0, 1, 5])(
  "AuditContext pairs the first thousand of many execs, %i records being from before the watch",
  (before) => {
    const of = context();
    const wanted: number[] = [];
    for (let i = 0; i < before; i++) of.take(callAt(101, 5, EXEC));
    for (let i = 0; i < 1500; i++) {
      const record = callAt(200 + 2 * i, 5, EXEC);
      wanted.push(record.facts.stamp.serial);
      of.take(record);
      of.exec(execAt(201 + 2 * i));
    }
    const { execs, unkept, unrecorded } = of.execs();
    expect(execs.map(({ facts }) => facts?.stamp.serial)).toEqual(wanted.slice(0, 1024 - before));
    expect([unkept, unrecorded]).toEqual([1500 - 1024 + before, 0]);
    expect(of.unkept).toBe(1500 + before - 1024);
  },
);

test("AuditContext gives an exec beyond the thousandth no other's record when one was lost", () => {
  const of = context();
  const lost = 3;
  const wanted: (number | undefined)[] = [];
  for (let i = 0; i < 1500; i++) {
    const record = callAt(200 + 100 * i, 5, EXEC);
    if (i !== lost) of.take(record);
    // Up to there each record may be that of the exec behind it, too.
    wanted.push(i <= lost ? undefined : record.facts.stamp.serial);
    of.exec(execAt(201 + 100 * i));
  }
  const { execs, unkept, unrecorded } = of.execs();
  expect(execs.map(({ facts }) => facts?.stamp.serial)).toEqual(wanted.slice(0, execs.length));
  expect([execs.length, unkept, unrecorded]).toEqual([1024, 476, 4]);
});

test("AuditContext keeps a thousand execs beside a thousand other events, and counts all that failed", () => {
  let failures = 0;
  const of = context(undefined, () => void failures++);
  for (let i = 0; i < 1030; i++) of.take(callAt(200, 5, FAILED_EXEC, "/nosuch/x"));
  const run = callAt(300, 5, EXEC);
  of.take(run);
  of.exec(execAt(301));
  expect(of.facts).toHaveLength(1025);
  expect(of.unkept).toBe(6);
  expect(serials(of)).toEqual([run.facts.stamp.serial]);
  expect(of.failedExecs()).toHaveLength(1024);
  expect(failures).toBe(1030);
});

/** An exec with so many characters of arguments. */
function longExecAt(ms: number, length: number) {
  return eventAt(ms, [
    [1300, `arch=c000003e ${EXEC} pid=5 uid=0`],
    [1309, `argc=1 a0="${"x".repeat(length)}"`],
  ]);
}

test("AuditContext keeps so many bytes of a task, and what does not fit is counted", () => {
  const budget = new ByteBudget(64 * MIB);
  const of = context(budget);
  for (let i = 0; i < 100; i++) {
    of.take(longExecAt(200 + 2 * i, 100_000));
    of.exec(execAt(201 + 2 * i));
  }
  expect(budget.taken).toBeLessThanOrEqual(8 * MIB);
  const { execs, unkept, unrecorded } = of.execs();
  expect(execs.length).toBeGreaterThan(10);
  expect(execs.every(({ facts }) => facts !== undefined)).toBe(true);
  expect([execs.length + unkept, unrecorded]).toEqual([100, 0]);
  expect(of.facts.length + of.unkept).toBe(100);
  of.letGo();
  expect(budget.taken).toBe(0);
});

test("AuditContexts share their room: one that finds none counts, and keeps nothing once it was let go", () => {
  const budget = new ByteBudget(MIB);
  const [first, second] = [context(budget), context(budget)];
  first.take(longExecAt(200, 200_000));
  second.take(longExecAt(200, 200_000));
  expect([first.unkept, second.unkept]).toEqual([0, 1]);
  first.letGo();
  second.take(longExecAt(201, 200_000));
  expect(second.facts).toHaveLength(1);
  second.letGo();
  second.take(longExecAt(202, 200_000));
  expect(second.facts).toHaveLength(0);
  expect(budget.taken).toBe(0);
});
