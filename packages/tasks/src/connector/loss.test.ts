import { expect, test } from "vitest";
import { LossCounter } from "./loss.ts";

test("LossCounter takes the first number of each CPU as the baseline", () => {
  const loss = new LossCounter();
  loss.sequence(0, 5000);
  loss.sequence(1, 7);
  loss.sequence(0, 5001);
  loss.sequence(1, 8);
  expect(loss.total).toBe(0);
});

test("LossCounter adds up the gaps of all CPUs", () => {
  const loss = new LossCounter();
  loss.sequence(0, 10);
  loss.sequence(1, 100);
  loss.sequence(0, 14); // 11, 12, 13
  loss.sequence(1, 102); // 101
  expect(loss.missing).toBe(4);
});

test("LossCounter sees no loss where a sequence number wraps", () => {
  const loss = new LossCounter();
  for (const n of [0xffff_fffe, 0xffff_ffff, 0, 1]) loss.sequence(3, n);
  expect(loss.missing).toBe(0);
});

test("LossCounter takes a number that goes back for no loss", () => {
  const loss = new LossCounter();
  loss.sequence(0, 50);
  loss.sequence(0, 40);
  loss.sequence(0, 41);
  expect(loss.missing).toBe(0);
});

test("LossCounter follows a drop counter over its wrap", () => {
  const loss = new LossCounter();
  loss.drops(0xffff_fff0);
  expect(loss.take()).toBe(0xffff_fff0);
  loss.drops(0x0000_0010);
  expect(loss.take()).toBe(0x20);
});

test("LossCounter reports the larger of drops and gaps, each event once", () => {
  const loss = new LossCounter();
  loss.sequence(0, 1);
  loss.sequence(0, 12); // 10 missing
  loss.drops(7);
  expect(loss.take()).toBe(10);
  loss.drops(13);
  expect(loss.take()).toBe(3);
  expect(loss.take()).toBe(0);
  expect(loss.total).toBe(13);
});
