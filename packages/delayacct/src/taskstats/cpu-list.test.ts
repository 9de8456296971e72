import { describe, expect, test } from "vitest";
import { parseCpuList } from "./cpu-list.ts";

describe("parseCpuList()", () => {
  test("reads what the kernel writes, in order and once each", () => {
    expect(parseCpuList("0")).toEqual([0]);
    expect(parseCpuList("0-3,8\n")).toEqual([0, 1, 2, 3, 8]);
    expect(parseCpuList("8,2-3,3")).toEqual([2, 3, 8]);
  });

  test("refuses what is no list", () => {
    for (const list of ["", " ", "a", "1,", "-1", "1-", "0x1", "1 2", "0-1-2", "9999999", "1\0"]) {
      expect(() => parseCpuList(list)).toThrow(RangeError);
    }
    expect(() => parseCpuList("0,zwei")).toThrow(
      'cpus must be a list such as "0-3,8", got "0,zwei": "zwei" is neither a number nor a range',
    );
    expect(() => parseCpuList("3-1")).toThrow(/"3-1" runs backwards/u);
    expect(() => parseCpuList("0-70000")).toThrow(/CPU 70000 is above 65535/u);
  });

  test("refuses a CPU that the machine cannot have", () => {
    expect(parseCpuList("1", [0, 1])).toEqual([1]);
    expect(() => parseCpuList("0-4", [0, 1])).toThrow(/this machine has no CPU 2, only 0,1/u);
  });
});
