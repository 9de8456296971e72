import { expect, test } from "vitest";
import { ExecHurry } from "./exec-hurry.ts";

test("ExecHurry gives up on speed after a row of stopped execs, until one was not stopped", () => {
  const told: boolean[] = [];
  const hurry = new ExecHurry((wanted) => told.push(wanted));
  for (let i = 0; i < 7; i++) hurry.stopped();
  expect(told).toEqual([]);
  for (let i = 0; i < 7; i++) hurry.stopped();
  expect(told).toEqual([false]);
  hurry.missed();
  hurry.missed();
  expect(told).toEqual([false, true]);
  for (let i = 0; i < 7; i++) hurry.stopped();
  hurry.missed();
  for (let i = 0; i < 7; i++) hurry.stopped();
  expect(told).toEqual([false, true]);
  hurry.stopped();
  expect(told).toEqual([false, true, false]);
});
