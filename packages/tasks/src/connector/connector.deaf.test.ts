import type { ScriptedKernel } from "@task-watchers/netlink/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { operationsOf, Script } from "./scripted-connector.fixture.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("Connector that only hears nothing asks for a sign of life and goes on", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(script.kernels).toHaveLength(1);
  expect(script.losses).toEqual([]);
  // The mask is widened for the moment of the question, and set back; never that of the queue that lives come through.
  const masksOf = (kernel: ScriptedKernel | undefined) =>
    (kernel?.sent ?? []).map((request) => new Uint32Array(request.buffer)[10]);
  expect(masksOf(script.bells[0]).slice(0, 3)).toEqual([2, 0x202, 2]);
  expect(masksOf(script.kernel)).toEqual([undefined, 0x80000047]);
  connector.close();
});

test("Connector gone deaf listens on a fresh socket within two seconds, and says so", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  script.fork(1);
  await vi.advanceTimersByTimeAsync(500);
  const [deaf] = script.kernels;
  if (deaf) deaf.silent = true;
  script.now = 9n;
  await vi.advanceTimersByTimeAsync(2000);
  expect(script.kernels).toHaveLength(2);
  expect(deaf?.closed).toBe(true);
  expect(script.losses).toMatchObject([{ reason: "deaf", count: null, untilNs: 9n }]);
  // The kernel no longer counts the deaf socket: an IGNORE would silence another listener.
  const operations = deaf?.sent.map((request) => new Uint32Array(request.buffer)[9]);
  expect(operations).not.toContain(2);
  script.fork(2);
  await vi.advanceTimersByTimeAsync(10);
  expect(script.events.at(-1)).toEqual([1, 2, 2, 1, 1]);
  expect(connector.counters()).toMatchObject({ deaf: 1 });
  connector.close();
});

test("Connector that cannot get a fresh socket tries again at every beat, and counts one deafness", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  script.kernel.silent = true;
  script.acknowledgement = "none";
  await vi.advanceTimersByTimeAsync(5000);
  expect(script.kernels.length).toBeGreaterThan(3);
  expect(script.kernels.slice(1).every((kernel) => kernel.closed)).toBe(true);
  script.acknowledgement = 0;
  await vi.advanceTimersByTimeAsync(1000);
  expect(connector.counters()).toMatchObject({ deaf: 1 });
  expect(script.losses).toHaveLength(1);
  connector.close();
});

test("Connector keeps the counts of sockets it gave up", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  script.kernel.overrun(3);
  await vi.advanceTimersByTimeAsync(1500);
  script.kernel.silent = true;
  await vi.advanceTimersByTimeAsync(2500);
  script.kernel.overrun(4);
  await vi.advanceTimersByTimeAsync(1500);
  expect(connector.counters()).toMatchObject({ deaf: 1, dropped: 7, lost: 7 });
  connector.close();
});

test("Connector whose deafness passed by itself sends IGNORE when closed, and counts the next one", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  script.exhausted = true;
  for (const times of [1, 2]) {
    script.kernel.silent = true;
    await vi.advanceTimersByTimeAsync(3000);
    expect(connector.counters()).toMatchObject({ deaf: times });
    script.kernel.silent = false;
    await vi.advanceTimersByTimeAsync(2000);
  }
  connector.close();
  expect(script.kernels).toHaveLength(1);
  expect(operationsOf(script.kernel).at(-1)).toBe(2);
  expect(operationsOf(script.bells[0]).at(-1)).toBe(2);
});

test("Connector closed while deaf sends no IGNORE", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  script.exhausted = true;
  script.kernel.silent = true;
  await vi.advanceTimersByTimeAsync(3000);
  connector.close();
  expect(operationsOf(script.kernel)).not.toContain(2);
  expect(operationsOf(script.bells[0])).not.toContain(2);
  expect(script.bells[0]?.closed).toBe(true);
});

test("Connector gone deaf gives its bell up without IGNORE, and hangs up a new one that it closes with one", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  script.kernel.silent = true;
  await vi.advanceTimersByTimeAsync(2500);
  const [old, bell] = script.bells;
  expect(script.bells).toHaveLength(2);
  expect(old?.closed).toBe(true);
  expect(operationsOf(old)).not.toContain(2);
  expect(bell?.closed).toBe(false);
  connector.close();
  expect(bell?.closed).toBe(true);
  expect(operationsOf(bell)).toEqual([1, 2]);
  expect(operationsOf(script.kernel).at(-1)).toBe(2);
});
