import { describe, expect, test } from "vitest";
import { checkSteps, checkUnits, checkValue, checkWait } from "./arguments.ts";
import { planOpen } from "./open-arguments.ts";
import type { SemaphoresOptions, SemaphoreStep } from "./types.ts";

const SET = { id: 7, count: 2 };

describe("checkSteps()", () => {
  const cases: [string, unknown, unknown][] = [
    ["no steps", [], RangeError],
    ["no array", "steps", TypeError],
    ["half a semaphore", [{ semaphore: 0.5, change: 1 }], RangeError],
    ["a semaphore the set has not", [{ semaphore: 2, change: 1 }], /EFBIG: .*the set has 2/u],
    ["a change that is no number", [{ semaphore: 0, change: Number.NaN }], RangeError],
    ["a change past a short", [{ semaphore: 0, change: 65_537 }], /ERANGE: .*got 65537/u],
    ["a take that no value can serve", [{ semaphore: 0, change: -32_768 }], /ERANGE/u],
  ];
  test.each(cases)("refuses %s", (_name, steps, error) => {
    expect(() => checkSteps(steps as SemaphoreStep[], SET)).toThrow(error as RegExp);
  });

  test("takes the extremes", () => {
    const steps = [
      { semaphore: 0, change: 32_767 },
      { semaphore: 1, change: -32_767 },
      { semaphore: 1, change: 0 },
    ];
    expect(() => checkSteps(steps, SET)).not.toThrow();
  });
});

test("units and values have the kernel's range", () => {
  expect(() => checkUnits(0, SET, 0)).toThrow(RangeError);
  expect(() => checkUnits(32_768, SET, 0)).toThrow(/ERANGE/u);
  expect(() => checkValue(-1, SET, 0)).toThrow(RangeError);
  expect(() => checkValue(32_768, SET, 1)).toThrow(/ERANGE: set 7, semaphore 1/u);
});

test("a wait is refused a time that timers cannot keep, and a signal that is none", () => {
  expect(() => checkWait({ timeoutMs: -1 })).toThrow(RangeError);
  expect(() => checkWait({ timeoutMs: Number.NaN })).toThrow(RangeError);
  expect(() => checkWait({ timeoutMs: 2 ** 31 })).toThrow(/got 2147483648/u);
  expect(() => checkWait({ signal: {} as AbortSignal })).toThrow(TypeError);
});

describe("planOpen()", () => {
  const cases: [string, SemaphoresOptions, RegExp][] = [
    ["neither key nor private", { count: 1 }, /either key or private/u],
    ["both", { key: 1, private: true, count: 1 }, /either key or private/u],
    ["key 0, which would be private", { key: 0 }, /key must be .* from 1/u],
    ["a key past 32 bits", { key: 2 ** 32 }, /got 4294967296/u],
    ["no count to make", { key: 1, create: true }, /count is needed/u],
    ["exclusive without create", { key: 1, exclusive: true }, /only for a set to create/u],
    ["a count of 0", { private: true, count: 0 }, /count must be/u],
    ["a mode beyond permissions", { private: true, count: 1, mode: 0o1600 }, /mode must be/u],
    ["a set its maker cannot alter", { private: true, count: 1, mode: 0o440 }, /got 0o440/u],
    ["too few initial values", { private: true, count: 2, initial: [1] }, /or 2, got 1/u],
    ["a value past 32767", { private: true, count: 1, initial: 32_768 }, /got 32768/u],
  ];
  test.each(cases)("refuses %s", (_name, options, message) => {
    expect(() => planOpen(options)).toThrow(message);
  });

  test("spreads one initial value over all semaphores", () => {
    const plan = planOpen({ private: true, count: 3, initial: 4 });
    expect(plan).toMatchObject({ key: 0, create: true, mode: 0o600, initial: [4, 4, 4] });
  });
});
