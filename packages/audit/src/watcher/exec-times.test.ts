import { expect, test } from "vitest";
import { ExecTimes } from "./exec-times.ts";
import { execAt, stoppedAt } from "./told.fixture.ts";

const MS = 1_000_000n;

/** Which of the execs a record stamped so fits. */
function fitting(ms: number, times: ExecTimes, count: number): number[] {
  return Array.from({ length: count }, (_, n) => n).filter((n) => times.fits(BigInt(ms) * MS, n));
}

test.each([
  ["after it", 105, [0]],
  ["at the very time", 100, [0]],
  ["before it by less than stamps are too early", 89, [0]],
  ["before that", 88, []],
  ["just before the next one", 299, [0, 1]],
  ["at the next one", 300, [0, 1]],
  ["after the last", 9000, [1]],
] as const)("The record of an exec that was stopped is stamped %s", (_, ms, wanted) => {
  const times = new ExecTimes([stoppedAt(100), stoppedAt(300)], undefined);
  expect(fitting(ms, times, 2)).toEqual(wanted);
});

test.each([
  ["before it", 80, [0]],
  ["before it by less than stamps are too early", 95, [0, 1]],
  ["after it", 101, [1]],
  ["before the last", 250, [1]],
  ["after the last", 301, []],
] as const)("The record of an exec that was told when done is stamped %s", (_, ms, wanted) => {
  const times = new ExecTimes([execAt(100), execAt(300)], undefined);
  expect(fitting(ms, times, 2)).toEqual(wanted);
});

test("A record between a stopped exec and one that was told when done may be of both, the other way round of neither", () => {
  expect(fitting(200, new ExecTimes([stoppedAt(100), execAt(300)], undefined), 2)).toEqual([0, 1]);
  expect(fitting(200, new ExecTimes([execAt(100), stoppedAt(300)], undefined), 2)).toEqual([]);
});

test("The exec after the kept ones ends the time of the last that was stopped", () => {
  expect(fitting(500, new ExecTimes([stoppedAt(100)], undefined), 1)).toEqual([0]);
  expect(fitting(500, new ExecTimes([stoppedAt(100)], 400n * MS), 1)).toEqual([]);
});

test("An exec that was bound to fail and ran all the same has the time of its stop", () => {
  const ran = { ...execAt(100), source: "stop" } as const;
  expect(fitting(150, new ExecTimes([ran], undefined), 1)).toEqual([0]);
});

test("first() finds the first exec that a record can be of", () => {
  const times = new ExecTimes(
    [execAt(100), stoppedAt(200), stoppedAt(300), execAt(400)],
    undefined,
  );
  const first = [50, 100, 101, 300, 301, 400, 401].map((ms) => times.first(BigInt(ms) * MS));
  expect(first).toEqual([0, 0, 1, 1, 2, 2, 4]);
});
