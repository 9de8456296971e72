import { describe, expect, test } from "vitest";
import { LossCount } from "./loss-count.ts";

describe("LossCount", () => {
  test("finds a gap in its place, and does not count it again from the counter", () => {
    const loss = new LossCount(10);
    expect([100, 101, 105].map((n) => loss.sequence(n))).toEqual([0, 0, 3]);
    expect(loss.drops(13)).toBe(0);
    expect(loss.drops(15)).toBe(2);
    expect(loss.sequence(108)).toBe(0);
    expect(loss.sequence(109)).toBe(0);
  });

  test("counts what was dropped before the first record", () => {
    const loss = new LossCount(0);
    expect(loss.drops(4)).toBe(4);
    expect(loss.sequence(77)).toBe(0);
    expect(loss.sequence(80)).toBe(2);
    expect(loss.drops(6)).toBe(0);
  });

  test("goes over the end of both numbers", () => {
    const loss = new LossCount(0xffff_fffe);
    expect(loss.sequence(0xffff_ffff)).toBe(0);
    expect(loss.sequence(2)).toBe(2);
    expect(loss.drops(0)).toBe(0);
    expect(loss.drops(1)).toBe(1);
  });

  test("takes a number that goes back for no loss", () => {
    const loss = new LossCount(0);
    expect([100, 3, 4].map((n) => loss.sequence(n))).toEqual([0, 0, 0]);
  });

  test("leaves out what was no record", () => {
    const loss = new LossCount(0);
    loss.forgive(2);
    expect(loss.drops(2)).toBe(0);
    expect(loss.drops(3)).toBe(1);
  });
});
