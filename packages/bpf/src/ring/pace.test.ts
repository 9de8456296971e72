import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Pace } from "./pace.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A pace over a ring that holds `waiting` events, at 10 ms, and what it did. */
function paced(turn = 100): {
  pace: Pace;
  ring: { waiting: number; busy: boolean; written: number };
  done: string[];
} {
  const ring = { waiting: 0, busy: false, written: 0 };
  const done: string[] = [];
  const note = (what: string) => (): void => void done.push(what);
  const pace = new Pace({
    read: () => {
      const told = ring.busy ? 0 : Math.min(turn, ring.waiting);
      ring.waiting -= told;
      done.push(`read ${told}`);
      return { told, more: told === turn, empty: ring.waiting === 0 };
    },
    arm: note("arm"),
    readiness: { start: note("start"), stop: note("stop"), ref: note("ref"), unref: note("unref") },
    beat: note("beat"),
    latencyMs: 10,
    written: () => ring.written,
    mayFill: 1000,
  });
  return { pace, ring, done };
}

test("an event wakes it; a round in which nothing came puts it to sleep", () => {
  const { pace, ring, done } = paced();
  expect(done).toEqual(["arm"]);
  ring.waiting = 1;
  pace.wake();
  expect(done.splice(0)).toEqual(["arm", "stop", "read 1"]);
  vi.advanceTimersByTime(10);
  // Armed first: an event in between is then seen by one or the other.
  expect(done.splice(0)).toEqual(["read 0", "arm", "start"]);
  vi.advanceTimersByTime(100);
  expect(done).toEqual([]);
  expect(pace.wakeUps).toBe(2);
  pace.close();
});

test("while events come it reads by its own clock, and nobody need wake it", () => {
  const { pace, ring, done } = paced();
  ring.waiting = 1;
  pace.wake();
  done.length = 0;
  for (let i = 0; i < 5; i++) {
    ring.waiting = 50;
    vi.advanceTimersByTime(10);
  }
  expect(done).toEqual(Array(5).fill("read 50"));
  pace.close();
});

test("the faster the ring fills up, the sooner it is read again, and the other way round", () => {
  const { pace, ring, done } = paced();
  ring.waiting = 1;
  pace.wake();
  done.length = 0;
  const come = (bytes: number): void =>
    void Object.assign(ring, { waiting: 1, written: ring.written + bytes });
  // 500 bytes a millisecond: a thousand may come in between.
  come(5000);
  vi.advanceTimersByTime(10);
  come(1000);
  vi.advanceTimersByTime(2);
  expect(done.splice(0)).toEqual(["read 1", "read 1"]);
  come(100);
  vi.advanceTimersByTime(2);
  come(0);
  vi.advanceTimersByTime(9);
  expect(done.splice(0)).toEqual(["read 1"]);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(["read 1"]);
  pace.close();
});

test("more than a turn's worth is read in the next turn, without a pause", () => {
  const { pace, ring, done } = paced();
  ring.waiting = 250;
  pace.wake();
  vi.advanceTimersByTime(1);
  expect(done).toEqual(["arm", "stop", "read 100", "read 100", "read 50"]);
  pace.close();
});

test("a record that is being written does not put it to sleep", () => {
  const { pace, ring, done } = paced();
  Object.assign(ring, { waiting: 1, busy: true });
  pace.wake();
  vi.advanceTimersByTime(10);
  ring.busy = false;
  vi.advanceTimersByTime(10);
  expect(done).toEqual(["arm", "stop", "read 0", "read 0", "read 1"]);
  pace.close();
});

test("each second all is looked at, in case nobody could wake it", () => {
  const { pace, ring, done } = paced();
  ring.waiting = 50;
  vi.advanceTimersByTime(1010);
  // Whoever should have woken us did not: so they are asked anew.
  expect(done).toEqual(["arm", "beat", "read 50", "stop", "read 0", "arm", "start"]);
  pace.close();
});

test("read by somebody else, it reads by its clock: the wake-up may never come", () => {
  const { pace, ring, done } = paced();
  ring.waiting = 3;
  // An event asked for a wake-up, and before that was heard all was read.
  ring.waiting = 0;
  pace.nudge();
  pace.nudge();
  expect(done.splice(0)).toEqual(["arm", "stop"]);
  ring.waiting = 2;
  vi.advanceTimersByTime(10);
  expect(done.splice(0)).toEqual(["read 2"]);
  vi.advanceTimersByTime(10);
  expect(done).toEqual(["read 0", "arm", "start"]);
  pace.close();
  pace.nudge();
  expect(vi.getTimerCount()).toBe(0);
});

test("a reader that throws is called again", () => {
  const steps: string[] = [];
  const pace = new Pace({
    read: () => {
      steps.push("read");
      if (steps.length === 1) throw new Error("from the reader");
      return { told: 0, more: false, empty: true };
    },
    arm: () => {},
    readiness: { start: () => {}, stop: () => {}, ref: () => {}, unref: () => {} },
    beat: () => {},
    latencyMs: 10,
    written: () => 0,
    mayFill: 1,
  });
  expect(() => pace.wake()).toThrow("from the reader");
  vi.advanceTimersByTime(10);
  expect(steps).toEqual(["read", "read"]);
  pace.close();
});

test("closed, it does nothing more and leaves no timer", () => {
  const { pace, ring, done } = paced();
  ring.waiting = 1;
  pace.wake();
  pace.close();
  done.length = 0;
  pace.wake();
  vi.advanceTimersByTime(5000);
  expect(done).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
