import { describe, expect, test } from "vitest";
import { NodeSerials } from "./node-serials.ts";
import { StreamClock } from "./stream-clock.ts";
import { ToldEvents } from "./told-events.ts";

const stamp = { seconds: 1, milliseconds: 0, serial: 1 };

describe("ToldEvents", () => {
  test("forgets the one that was told first", () => {
    const told = new ToldEvents(2);
    for (const key of [1, 2, 1, 3]) told.add(key, stamp);
    expect([1, 2, 3].map((key) => told.has(key, stamp))).toEqual([true, false, true]);
  });
});

describe("StreamClock", () => {
  test("is not set back by old stamps that come between others", () => {
    const clock = new StreamClock(2000);
    clock.see({ ...stamp, seconds: 100 });
    for (let at = 0; at < 200; at++) {
      const isOld = at % 50 !== 0;
      expect(clock.see({ ...stamp, seconds: isOld ? 10 : 100 })).toBe(false);
    }
    expect(clock.nowMs).toBe(100_000);
  });
});

describe("NodeSerials", () => {
  test("keeps count for no more hosts than it may", () => {
    const serials = new NodeSerials();
    for (let host = 0; host < 200; host++) {
      serials.see(1, `host-${host}`);
      serials.see(3, `host-${host}`);
    }
    serials.settle();
    expect(serials.totals()).toEqual({ missing: 64, restarts: 0 });
  });
});
