import { beforeEach, describe, expect, test, vi } from "vitest";
import { FakeKernel } from "./fake-thread.fixture.ts";

let kernel: FakeKernel;
let told: string[];

beforeEach(() => {
  kernel = new FakeKernel();
  told = [];
});

const ONE = {};
const OTHER = {};

function add(
  name: string,
  change: number,
  ref = true,
  owner = ONE,
): (error: Error, mayStand: boolean) => void {
  return kernel.queue.add({
    owner,
    steps: [{ semaphore: 0, change }],
    undo: false,
    ref,
    made: () => told.push(`${name} made`),
    failed: (error) => told.push(`${name}: ${error instanceof Error ? error.message : "?"}`),
  });
}

describe("WaitQueue", () => {
  test("serves in order, and lets nobody overtake who could go on", () => {
    add("large", -3);
    add("small", -1);
    kernel.value = 2;
    kernel.wake();
    expect(told).toEqual([]);
    kernel.value = 4;
    kernel.wake();
    expect(told).toEqual(["large made", "small made"]);
    expect(kernel.value).toBe(0);
  });

  test("has one in the thread, whatever the number that waits", () => {
    for (let i = 0; i < 100; i += 1) add(`${i}`, -1);
    expect(kernel).toMatchObject({ threads: 1, inThread: [{ semaphore: 0, change: -1 }] });
    expect(kernel.queue.size).toBe(100);
    kernel.value = 100;
    kernel.wake();
    expect(told).toEqual(Array.from({ length: 100 }, (_, i) => `${i} made`));
  });

  test("a waiter given up in the middle leaves the others in their places", () => {
    add("a", -1);
    const giveUp = add("b", -1);
    add("c", -1);
    giveUp(new Error("enough"), false);
    expect(told).toEqual(["b: enough"]);
    kernel.value = 2;
    kernel.wake();
    expect(told).toEqual(["b: enough", "a made", "c made"]);
  });

  test("the first given up makes room for the second", () => {
    const giveUp = add("a", -2);
    add("b", -1);
    kernel.value = 1;
    giveUp(new Error("enough"), false);
    expect(told).toEqual(["a: enough", "b made"]);
  });

  test("takes back what was made at the moment of an abort, and gives it to the next", () => {
    kernel.prompt = false;
    const giveUp = add("a", -1);
    add("b", -1);
    giveUp(new Error("enough"), false);
    kernel.value = 1;
    kernel.wake();
    expect(told).toEqual(["a: enough", "b made"]);
    expect(kernel.value).toBe(0);
  });

  test("lets stand what was made at the moment of a timeout", () => {
    kernel.prompt = false;
    const giveUp = add("a", -1);
    giveUp(new Error("late"), true);
    kernel.value = 1;
    kernel.wake();
    expect(told).toEqual(["a made"]);
  });

  test("lets stand what cannot be taken back: others have used what it gave", () => {
    kernel.prompt = false;
    kernel.value = 32_767;
    const giveUp = kernel.queue.add({
      owner: ONE,
      steps: [
        { semaphore: 0, change: 0 },
        { semaphore: 0, change: 1 },
      ],
      undo: false,
      ref: true,
      made: () => told.push("made"),
      failed: () => told.push("failed"),
    });
    giveUp(new Error("enough"), false);
    kernel.value = 0;
    kernel.answer("made");
    expect(told).toEqual(["made"]);
  });

  test("giving up what has ended does nothing", () => {
    kernel.value = 1;
    const giveUp = add("a", -1);
    giveUp(new Error("enough"), false);
    expect(told).toEqual(["a made"]);
    expect(kernel.value).toBe(0);
  });

  test("tells what the kernel refuses, and goes on with the next", () => {
    add("a", -1);
    add("b", -1);
    kernel.value = 1;
    kernel.answer({ syscall: "semtimedop", errno: 43 });
    expect(told).toEqual(["a: semtimedop 43", "b made"]);
  });

  test("starts another thread after one that failed", () => {
    add("a", -1);
    add("b", -1);
    kernel.answer({ error: new Error("no thread") });
    expect(told).toEqual(["a: no thread"]);
    expect(kernel.threads).toBe(2);
  });

  test("holds the process as long as somebody waits who wants it held", () => {
    const giveUp = add("a", -1);
    add("b", -1, false);
    expect(kernel.alive).toBe(true);
    giveUp(new Error("enough"), false);
    expect(kernel.alive).toBe(false);
  });

  test("ends the thread when nobody has waited for a while", () => {
    vi.useFakeTimers();
    try {
      add("a", -1);
      kernel.value = 1;
      kernel.wake();
      expect(kernel.ended).toBe(0);
      vi.runAllTimers();
      expect(kernel.ended).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test("close() gives up what its owner waits for, and ends the thread when nobody else does", async () => {
    add("a", -1);
    add("b", -1, true, OTHER);
    add("c", -1);
    expect([kernel.queue.of(ONE), kernel.queue.of(OTHER)]).toEqual([2, 1]);
    await kernel.queue.close(ONE, () => new Error("closed"));
    expect(told.toSorted()).toEqual(["a: closed", "c: closed"]);
    expect(kernel).toMatchObject({ ended: 0, threads: 1 });
    await kernel.queue.close(OTHER, () => new Error("closed"));
    expect(told).toContain("b: closed");
    expect(kernel).toMatchObject({ ended: 1, threads: 1 });
  });
});
