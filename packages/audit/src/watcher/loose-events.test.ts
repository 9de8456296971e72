import { expect, test } from "vitest";
import { LooseEvents } from "./loose-events.ts";
import { callAt, EXEC, eventAt } from "./told.fixture.ts";

const SECOND = 1_000_000_000n;
const all = () => true;

test("LooseEvents gives what is wanted, oldest first, and once", () => {
  const loose = new LooseEvents();
  const [first, second, third] = [100, 101, 102].map((ms) => callAt(ms, 5, EXEC));
  for (const told of [first, second, third]) if (told !== undefined) loose.add(5, told, 0n);
  expect(loose.take(6, all)).toEqual([]);
  expect(loose.take(5, (told) => told !== second)).toEqual([first, third]);
  expect(loose.take(5, all)).toEqual([second]);
  expect(loose.take(5, all)).toEqual([]);
  expect([loose.bytes, loose.dropped, loose.crowdedOut]).toEqual([0, 0, 0]);
});

test("LooseEvents drops what is too old without that anything is added, and counts it as nobody's", () => {
  const loose = new LooseEvents();
  for (let i = 0; i < 100; i++) loose.add(5, callAt(100, 5, EXEC), BigInt(i) * (SECOND / 100n));
  loose.trim(2n * SECOND + SECOND / 2n);
  expect([loose.dropped, loose.crowdedOut]).toEqual([50, 0]);
  expect(loose.take(5, all)).toHaveLength(50);
  expect(loose.bytes).toBe(0);
});

test("LooseEvents keeps so many events, and counts those that had to go for others", () => {
  const loose = new LooseEvents();
  const told = callAt(100, 5, EXEC);
  for (let i = 0; i < 20_000; i++) loose.add(i % 2 === 0 ? 5 : i, told, 0n);
  expect(loose.crowdedOut).toBe(20_000 - 16_384);
  expect(loose.take(5, all)).toHaveLength(16_384 / 2);
  loose.close();
  expect(loose.dropped).toBe(16_384 / 2);
});

test("LooseEvents keeps so many bytes", () => {
  const loose = new LooseEvents();
  const big = eventAt(100, [[1309, "x".repeat(1_000_000)]]);
  for (let i = 0; i < 100; i++) {
    loose.add(i, big, 0n);
    expect(loose.bytes).toBeLessThanOrEqual(16 * 1024 * 1024);
  }
  expect(loose.crowdedOut).toBe(84);
});

test("LooseEvents makes room beside events that were taken", () => {
  const loose = new LooseEvents();
  const told = callAt(100, 5, EXEC);
  for (let i = 0; i < 50_000; i++) {
    loose.add(i, told, 0n);
    expect(loose.take(i, all)).toEqual([told]);
  }
  expect([loose.bytes, loose.crowdedOut, loose.dropped]).toEqual([0, 0, 0]);
});
