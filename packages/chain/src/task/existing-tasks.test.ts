import { describe, expect, test } from "vitest";
import { TaskChain } from "./task-chain.ts";
import type { Task } from "./task.ts";
import type { TaskWatcher } from "./task-watcher.ts";
import type { WatcherError } from "./watcher-error.ts";

function task(pid: number): Task {
  return { id: `${pid}.1`, pid, tgid: pid, ppid: 1, startNs: BigInt(pid) * 1000n };
}

function watcher(log: unknown[], name: string, existing = true): TaskWatcher {
  return {
    name,
    existing,
    init(event, { pid }) {
      log.push([name, pid, event.existing ?? false, event.timeNs]);
    },
  };
}

describe("register() with existing: true", () => {
  test("tells of every task of the population in its order, and of no later one twice", () => {
    const chain = new TaskChain();
    const tasks = new Map([3, 1, 2].map((pid) => [pid, task(pid)] as const));
    chain.attachPopulation(() => tasks.values());
    const log: unknown[] = [];
    chain.register(watcher(log, "a"));
    expect(log).toEqual([
      ["a", 3, true, 3000n],
      ["a", 1, true, 1000n],
      ["a", 2, true, 2000n],
    ]);
    const born = task(4);
    tasks.set(4, born);
    void chain.raise({ type: "init", timeNs: 4001n }, born);
    expect(log.slice(3)).toEqual([["a", 4, false, 4001n]]);
  });

  test("tells no other watcher, and none that did not ask", () => {
    const chain = new TaskChain();
    chain.attachPopulation(() => [task(1)]);
    const log: unknown[] = [];
    chain.register(watcher(log, "early"));
    chain.register(watcher(log, "indifferent", false));
    chain.register(watcher(log, "late"));
    expect(log).toEqual([
      ["early", 1, true, 1000n],
      ["late", 1, true, 1000n],
    ]);
  });

  test("hands over one frozen event with a task", () => {
    const chain = new TaskChain();
    chain.attachPopulation(() => [task(1)]);
    const frozen: boolean[] = [];
    chain.register({
      name: "a",
      existing: true,
      init: (event) => void frozen.push(Object.isFrozen(event)),
    });
    expect(frozen).toEqual([true]);
  });

  test("visits the tasks there were when it began, whatever a visit does to the population", () => {
    const chain = new TaskChain();
    const tasks = new Map([[1, task(1)]]);
    chain.attachPopulation(() => tasks.values());
    const seen: number[] = [];
    chain.register({
      name: "a",
      existing: true,
      init(_event, { pid }) {
        seen.push(pid);
        tasks.set(pid + 1, task(pid + 1));
      },
    });
    expect(seen).toEqual([1]);
  });

  test("reports a visit that fails and goes on to the next task", () => {
    const errors: WatcherError[] = [];
    const chain = new TaskChain({ onError: (error) => errors.push(error) });
    chain.attachPopulation(() => [task(1), task(2)]);
    const registration = chain.register({
      name: "bad",
      existing: true,
      init(_event, { pid }) {
        throw new Error(`no room for ${pid}`);
      },
    });
    expect(errors.map(({ taskId }) => taskId)).toEqual(["1.1", "2.1"]);
    expect(registration.errors).toBe(2);
  });

  test("has no effect when the population throws", () => {
    const chain = new TaskChain();
    chain.attachPopulation(() => {
      throw new Error("no /proc");
    });
    expect(() => chain.register(watcher([], "a"))).toThrow("no /proc");
    expect(chain.list()).toEqual([]);
    expect(chain.has("init")).toBe(false);
  });

  test("unregister() waits for visits that sleep", async () => {
    const chain = new TaskChain();
    chain.attachPopulation(() => [task(1)]);
    const order: string[] = [];
    const wakers: (() => void)[] = [];
    const registration = chain.register({
      name: "sleeper",
      existing: true,
      async init() {
        await new Promise<void>((resolve) => wakers.push(resolve));
        order.push("left");
      },
    });
    const over = registration.unregister().then(() => order.push("unregistered"));
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
    expect(order).toEqual([]);
    wakers[0]?.();
    await over;
    expect(order).toEqual(["left", "unregistered"]);
  });
});

describe("visit()", () => {
  test("tells only the watchers that want existing tasks", async () => {
    const chain = new TaskChain();
    const log: unknown[] = [];
    const registration = chain.register(watcher(log, "a"));
    chain.register(watcher(log, "b", false));
    expect(chain.visit(task(7))).toBe(0);
    expect(chain.visit(task(8), { type: "init", existing: true, timeNs: 5n })).toBe(0);
    await registration.unregister();
    expect(chain.visit(task(9))).toBe(0);
    expect(log).toEqual([
      ["a", 7, true, 7000n],
      ["a", 8, true, 5n],
    ]);
  });

  test("refuses an event that is not marked", () => {
    const chain = new TaskChain();
    expect(() => chain.visit(task(1), { type: "init", timeNs: 1n })).toThrow(
      new TypeError("a visit needs an init event with existing: true"),
    );
  });
});

describe("attachPopulation()", () => {
  test("takes one at a time", () => {
    const chain = new TaskChain();
    const detach = chain.attachPopulation(() => [task(1)]);
    expect(() => chain.attachPopulation(() => [])).toThrow("EBUSY: the chain has a driver already");
    detach();
    const again = chain.attachPopulation(() => [task(2)]);
    detach();
    const log: unknown[] = [];
    chain.register(watcher(log, "a"));
    expect(log).toEqual([["a", 2, true, 2000n]]);
    again();
    chain.register(watcher(log, "b"));
    expect(log).toHaveLength(1);
  });

  test("refuses what is no function", () => {
    expect(() => new TaskChain().attachPopulation([] as never)).toThrow(
      new TypeError("a population must be a function, got object"),
    );
  });
});
