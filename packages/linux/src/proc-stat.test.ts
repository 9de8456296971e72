import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseStat } from "./proc-stat.ts";
import { encodeText } from "./text.ts";

/** /proc/self/stat of a `cat` on Linux 6.18, with any name in the place of its own. */
function statLine(comm: Uint8Array): Uint8Array {
  return Buffer.concat([
    Buffer.from("8801 ("),
    comm,
    Buffer.from(
      ") R 8800 8801 8799 0 -1 4194304 95 0 0 0 3 1 0 0 20 0 1 0 1207348 2846720 372 " +
        "18446744073709551615 94 95 96 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
    ),
  ]);
}

const expected = {
  pid: 8801,
  state: "R",
  ppid: 8800,
  pgrp: 8801,
  session: 8799,
  utimeTicks: 3,
  stimeTicks: 1,
  numThreads: 1,
  startTicks: 1_207_348,
};

describe("parseStat()", () => {
  test("reads each field by its number in the man page", () => {
    expect(parseStat(statLine(Buffer.from("cat")))).toEqual({ ...expected, comm: "cat" });
  });

  test.each([
    ["spaces", "a b c"],
    ["a parenthesis that seems to end it", "a) R 1 (b"],
    ["nothing but parentheses", ")))((("],
    ["a newline", "a\nb"],
    ["an escape sequence", "\u001b[31mred"],
    ["nothing", ""],
  ])("is not deceived by a name with %s", (_, comm) => {
    expect(parseStat(statLine(Buffer.from(comm)))).toEqual({ ...expected, comm });
  });

  test("keeps a name that is not UTF-8", () => {
    const { comm } = parseStat(statLine(Uint8Array.of(0x61, 0xff, 0xfe)));
    expect([...encodeText(comm)]).toEqual([0x61, 0xff, 0xfe]);
  });

  test("is not deceived by any name of the kernel's length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 15 }), (comm) => {
        const { comm: text, ...rest } = parseStat(statLine(comm));
        expect(rest).toEqual(expected);
        expect([...encodeText(text)]).toEqual([...comm]);
      }),
    );
  });

  test("cut off at any length is an error or the whole truth", () => {
    const line = statLine(Buffer.from("a) R 1 (b"));
    for (let length = 0; length < line.length; length++) {
      let stat: unknown;
      try {
        stat = parseStat(line.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        continue;
      }
      expect(stat).toEqual({ ...expected, comm: "a) R 1 (b" });
    }
  });

  test.each(["", "8801", "8801 (cat", ") 8801 (", "x (cat) R 1 1 1"])("refuses %j", (text) => {
    expect(() => parseStat(Buffer.from(text))).toThrow(RangeError);
  });

  test("refuses a field that is no number, and one that is empty", () => {
    const line = statLine(Buffer.from("cat")).toString();
    expect(() => parseStat(Buffer.from(line.replace("1207348", "12x")))).toThrow(RangeError);
    expect(() => parseStat(Buffer.from(line.replace("1207348", "")))).toThrow(RangeError);
    expect(() => parseStat(Buffer.from(line.replace("8801 (", "(")))).toThrow(RangeError);
  });

  test("reads the start time of a host that has been up for years", () => {
    const line = statLine(Buffer.from("cat")).toString().replace("1207348", "94608000000");
    expect(parseStat(Buffer.from(line)).startTicks).toBe(94_608_000_000);
  });
});
