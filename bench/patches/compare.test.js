// @ts-check
import { expect, test } from "vitest";
import { compare } from "./compare.js";

/** @param {number} atMs @param {number} elapsed @param {number} cpu @param {number} [watcher] @param {number} [lost] */
function run(atMs, elapsed, cpu, watcher = 0, lost) {
  return { build: { elapsed, user: cpu * 0.75, system: cpu * 0.25 }, watcher, lost, atMs };
}

const OURS = () => true;

test("compare() sets each run beside what none would have taken at its time", () => {
  const measured = new Map([
    ["none", [run(0, 100, 150), run(200, 120, 150)]],
    ["row", [run(50, 105, 150), run(100, 110, 150)]],
  ]);
  const row = compare(measured, OURS).get("row");
  // At 50 ms none would have taken 105 s, at 100 ms 110 s: the machine got slower, not the row.
  expect(row?.elapsed).toEqual({ middle: 1, least: 1, most: 1 });
});

test("compare() adds the watcher's CPU time to the build's own", () => {
  const measured = new Map([
    ["none", [run(0, 100, 150), run(200, 100, 150)]],
    ["row", [run(100, 100, 153, 1.5, 4), run(150, 100, 153, 2.5, 3)]],
  ]);
  const row = compare(measured, OURS).get("row");
  expect(row?.cpu.middle).toBeCloseTo(1.02);
  expect(row?.whole.least).toBeCloseTo(154.5 / 150);
  expect(row?.whole.most).toBeCloseTo(155.5 / 150);
  expect(row?.watcherSeconds).toBe(2);
  expect(row?.lost).toBe(7);
});

test("compare() judges by elapsed time where its runs agree", () => {
  const nones = [run(0, 100, 150), run(200, 100, 150)];
  const slow = new Map([
    ["none", nones],
    ["row", [run(100, 100.6, 150), run(120, 100.6, 150), run(140, 100.6, 150)]],
  ]);
  expect(compare(slow, OURS).get("row")?.holds).toBe(false);
});

test("compare() judges by CPU time where elapsed time wanders more than what is claimed", () => {
  const nones = [run(0, 100, 150), run(200, 100, 150)];
  const wandering = [run(100, 104, 150.3), run(120, 99, 150.3), run(140, 99, 150.3)];
  const dear = [run(100, 104, 153), run(120, 99, 153), run(140, 99, 153)];
  const measured = new Map([
    ["none", nones],
    ["cheap", wandering],
    ["dear", dear],
  ]);
  const compared = compare(measured, OURS);
  expect(compared.get("cheap")?.holds).toBe(true);
  expect(compared.get("dear")?.holds).toBe(false);
});

test("compare() allows everything together more than a row, and claims nothing of others", () => {
  const dear = [run(100, 101.2, 150), run(120, 101.2, 150), run(140, 101.2, 150)];
  const measured = new Map([
    ["none", [run(0, 100, 150)]],
    ["everything", dear],
    ["row", dear],
    ["strace", dear],
  ]);
  const compared = compare(measured, (name) => name !== "strace");
  expect(compared.get("everything")).toMatchObject({ holds: true, target: "at most 1.5 %" });
  expect(compared.get("row")).toMatchObject({ holds: false, target: "at most 0.5 %" });
  expect(compared.get("strace")?.target).toBeUndefined();
});

test("compare() judges nothing by fewer than three runs", () => {
  const measured = new Map([
    ["none", [run(0, 100, 150)]],
    ["row", [run(100, 100, 150), run(120, 100, 150)]],
  ]);
  expect(compare(measured, OURS).get("row")?.holds).toBeUndefined();
});

test("compare() leaves out none itself, and rows that have no run", () => {
  const measured = new Map([
    ["none", [run(0, 100, 150)]],
    ["row", []],
  ]);
  expect([...compare(measured, OURS).keys()]).toEqual([]);
});
