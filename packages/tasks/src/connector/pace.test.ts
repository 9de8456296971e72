import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Pace, TURN_EVENTS } from "./pace.ts";

/** A queue that becomes readable when something is put in. */
class Queue {
  events = 0;
  started = true;
  drains: number[] = [];
  listener: () => void = () => {};
  readonly signal = {
    start: () => {
      this.started = true;
      this.poll();
    },
    stop: () => {
      this.started = false;
    },
    ref: () => {},
    unref: () => {},
  };

  put(n: number): void {
    this.events += n;
    this.poll();
  }

  poll(): void {
    if (this.started && this.events > 0) this.listener();
  }

  readonly drain = (): number => {
    const taken = Math.min(this.events, TURN_EVENTS);
    this.events -= taken;
    this.drains.push(taken);
    return taken;
  };
}

function paced(capacity = 10_000, bell?: Queue): [Queue, Pace] {
  const queue = new Queue();
  const listenTo =
    (source: Queue) =>
    (listener: () => void): Queue["signal"] => {
      source.listener = listener;
      return source.signal;
    };
  const hear = (): number => {
    if (bell === undefined) return 0;
    const heard = bell.events;
    bell.events = 0;
    bell.drains.push(heard);
    return heard;
  };
  const signals = { readable: listenTo(queue), ...(bell && { bell: listenTo(bell), hear }) };
  const drain = (): number => {
    hear();
    return queue.drain();
  };
  return [queue, new Pace(signals, drain, capacity)];
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "hrtime"] });
});

afterEach(() => {
  vi.useRealTimers();
});

test("Pace reads a lone event at once", () => {
  const [queue] = paced();
  queue.put(1);
  expect(queue.drains).toEqual([1]);
});

test("Pace puts reading off when wake-ups come thick, so that each reads more", () => {
  const [queue, pace] = paced();
  for (let ms = 0; ms < 1000; ms++) {
    queue.put(10);
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(100);
  expect(queue.drains.reduce((sum, n) => sum + n, 0)).toBe(10_000);
  expect(pace.wakeUps).toBeLessThan(400);
});

test("Pace reads at once again after a quiet time", () => {
  const [queue] = paced();
  for (let i = 0; i < 100; i++) queue.put(1);
  vi.advanceTimersByTime(2000);
  const before = queue.drains.length;
  queue.put(1);
  expect(queue.drains.slice(before)).toEqual([1]);
});

test("Pace reads sooner when the queue would overflow meanwhile", () => {
  const [queue] = paced(256);
  for (let i = 0; i < 60; i++) queue.put(1);
  queue.events = 0;
  queue.drains.length = 0;
  // 60 events a millisecond: 2,400 in the usual 40.
  for (let ms = 0; ms < 50; ms++) {
    queue.put(60);
    vi.advanceTimersByTime(1);
  }
  expect(Math.max(...queue.drains)).toBeLessThanOrEqual(180);
});

test("Pace goes on after a turn's worth of events without waiting", async () => {
  const [queue] = paced();
  for (let i = 0; i < 60; i++) queue.put(1);
  queue.events += 3 * TURN_EVENTS;
  vi.advanceTimersByTime(40);
  expect(queue.drains.at(-1)).toBe(TURN_EVENTS);
  // No time passes any more, only turns of the event loop.
  for (let turns = 0; turns < 3; turns++) await new Promise(setImmediate);
  expect(queue.events).toBe(0);
});

test("Pace reads no more once closed", () => {
  const [queue, pace] = paced();
  for (let i = 0; i < 60; i++) queue.put(1);
  pace.close();
  queue.put(5);
  vi.advanceTimersByTime(1000);
  expect(queue.events).toBeGreaterThan(0);
});

test("Pace reads execs at once, however many other events there are", () => {
  const bell = new Queue();
  const [queue] = paced(10_000, bell);
  for (let ms = 0; ms < 400; ms++) {
    queue.put(10);
    if (ms % 4 === 0) {
      bell.put(1);
      expect(queue.events).toBe(0);
    }
    vi.advanceTimersByTime(1);
  }
});

test("Pace mutes the bell in a storm, and listens to it again afterwards", () => {
  const bell = new Queue();
  const [queue, pace] = paced(10_000, bell);
  for (let ms = 0; ms < 1000; ms++) {
    queue.put(100);
    bell.put(30);
    vi.advanceTimersByTime(1);
  }
  expect(bell.started).toBe(false);
  expect(pace.wakeUps).toBeLessThan(400);
  vi.advanceTimersByTime(2000);
  expect(bell.started).toBe(true);
  const before = queue.drains.length;
  queue.events++;
  bell.put(1);
  expect(queue.drains.slice(before)).toEqual([1]);
});

test("Pace holds the process with its timer only while referenced", () => {
  const [queue, pace] = paced();
  const set = vi.spyOn(globalThis, "setTimeout");
  const isHeld = (): boolean | undefined => set.mock.results.at(-1)?.value.hasRef();
  for (let i = 0; i < 21; i++) queue.put(1);
  expect(isHeld()).toBe(true);
  pace.unref();
  expect(isHeld()).toBe(false);
  pace.ref();
  expect(isHeld()).toBe(true);
  pace.unref();
  // A timer that is set later does not hold it either.
  vi.advanceTimersByTime(40);
  expect(set).toHaveBeenCalledTimes(2);
  expect(isHeld()).toBe(false);
  pace.close();
});

test("Pace leaves nothing to the event loop when closed: no timer, no turn that was to follow", () => {
  vi.useFakeTimers();
  const [queue, pace] = paced();
  for (let i = 0; i < 21; i++) queue.put(1);
  expect(vi.getTimerCount()).toBe(1);
  pace.close();
  expect(vi.getTimerCount()).toBe(0);
  const [other, second] = paced();
  for (let i = 0; i < 20; i++) other.put(1);
  other.put(2 * TURN_EVENTS);
  while (other.events > TURN_EVENTS) vi.advanceTimersToNextTimer();
  expect(vi.getTimerCount()).toBe(1);
  second.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("Pace listens to a bell again only once it can afford an exec", () => {
  const bell = new Queue();
  const [queue] = paced(10_000, bell);
  // A lone event too many: the timer is set, and 39.9 ms of it pass.
  for (let i = 0; i < 21; i++) queue.put(1);
  vi.advanceTimersByTime(39.9);
  while (bell.started) bell.put(1);
  const reads = queue.drains.length;
  vi.advanceTimersByTime(0.1);
  expect(queue.drains).toHaveLength(reads + 1);
  expect(bell.started).toBe(false);
  queue.put(1);
  vi.advanceTimersByTime(100);
  expect(bell.started).toBe(true);
});

test("Pace hears what rang while muted as it reads, so that the bell does not ring at once", () => {
  const bell = new Queue();
  const [queue, pace] = paced(10_000, bell);
  queue.put(100);
  bell.put(1);
  queue.events += 100;
  while (bell.started) bell.put(1);
  bell.put(30);
  expect(bell.events).toBe(30);
  const listener = vi.fn(bell.listener);
  bell.listener = listener;
  vi.advanceTimersByTime(100);
  expect(bell.started).toBe(true);
  expect(bell.events).toBe(0);
  expect(listener).not.toHaveBeenCalled();
  pace.close();
});

test("Pace hears each exec at once where reading at once is not affordable any more, and reads soon", () => {
  const bell = new Queue();
  const [queue] = paced(10_000, bell);
  for (let i = 0; i < 500; i++) bell.put(1);
  const reads = queue.drains.length;
  const heard = bell.drains.length;
  for (let i = 0; i < 10; i++) {
    queue.events += 3;
    bell.put(1);
  }
  expect(queue.drains).toHaveLength(reads);
  expect(bell.drains.slice(heard)).toEqual(Array<number>(10).fill(1));
  expect(bell.started).toBe(true);
  vi.advanceTimersByTime(40);
  expect(queue.drains.slice(reads)).toEqual([30]);
});

test("Pace mutes the bell when one wake-up has too many execs, though their events are not read yet", () => {
  const bell = new Queue();
  const [queue] = paced(10_000, bell);
  for (let i = 0; i < 500; i++) bell.put(1);
  const reads = queue.drains.length;
  bell.put(23);
  expect(bell.started).toBe(true);
  bell.put(24);
  expect(bell.started).toBe(false);
  expect(queue.drains).toHaveLength(reads);
  vi.advanceTimersByTime(40);
  expect(bell.started).toBe(true);
});

test("Pace leaves a bell alone that nobody heeds, and what it heard meanwhile", () => {
  const bell = new Queue();
  const [queue, pace] = paced(10_000, bell);
  pace.heedBell(false);
  bell.put(5);
  expect(bell.started).toBe(false);
  // A storm does not bring it back.
  for (let ms = 0; ms < 500; ms++) {
    queue.put(100);
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(1000);
  expect(bell.started).toBe(false);
  const { wakeUps } = pace;
  pace.heedBell(true);
  expect([bell.started, bell.events, pace.wakeUps]).toEqual([true, 0, wakeUps]);
  bell.put(1);
  expect(pace.wakeUps).toBe(wakeUps + 1);
});
