import { describe, expect, test } from "vitest";
import {
  NOTIFY_BAD,
  NOTIFY_DONE,
  NOTIFY_OK,
  NOTIFY_STOP,
  NOTIFY_STOP_MASK,
  notifierFromErrno,
  notifierToErrno,
} from "./notify-codes.ts";

test("the codes are those of include/linux/notifier.h", () => {
  expect([NOTIFY_DONE, NOTIFY_OK, NOTIFY_STOP_MASK, NOTIFY_BAD, NOTIFY_STOP]).toEqual([
    0, 1, 32768, 32770, 32769,
  ]);
});

test.each([
  [0, 1], // no error: OK
  [-1, 0x8002], // EPERM: BAD
  [-12, 0x800d], // ENOMEM
  [-4095, 0x9000], // the largest there is
])("notifierFromErrno() packs %i into %i, and notifierToErrno() unpacks it", (errno, packed) => {
  expect(notifierFromErrno(errno)).toBe(packed);
  expect(notifierToErrno(packed)).toBe(errno);
});

test.each([
  [0x0000, 0], // DONE
  [0x0001, 0], // OK
  [0x8001, 0], // STOP is no error
  [0x8002, -1], // BAD
  [0x0005, -4], // the bit that stops is not asked for
  [-12, 0], // a raw errno makes no sense here, in the kernel neither
])("notifierToErrno() reads %i as errno %i", (answer, errno) => {
  expect(notifierToErrno(answer)).toBe(errno);
});

describe("notifierFromErrno()", () => {
  test("tells the caller of a positive errno what to pass", () => {
    expect(() => notifierFromErrno(12)).toThrow(
      new RangeError("errno must be 0 or negative, got 12: pass -12"),
    );
  });

  test.each([0.5, -4096, 4096, Number.NaN, Infinity])("throws RangeError for %d", (errno) => {
    expect(() => notifierFromErrno(errno)).toThrow(
      new RangeError(`errno must be an integer from -4095 to 0, got ${errno}`),
    );
  });

  test("throws TypeError for what is not a number", () => {
    const fromErrno: (value: never) => number = notifierFromErrno;
    expect(() => fromErrno("EPERM" as never)).toThrow(
      new TypeError("errno must be a number, got string EPERM"),
    );
  });
});

describe("notifierToErrno()", () => {
  test.each([0.5, 2 ** 31, Number.NaN])("throws RangeError for %d", (answer) => {
    expect(() => notifierToErrno(answer)).toThrow(RangeError);
  });

  test("throws TypeError for what is not a number", () => {
    expect(() => notifierToErrno(undefined as never)).toThrow(TypeError);
  });
});
