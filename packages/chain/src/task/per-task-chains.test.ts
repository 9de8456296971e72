import { describe, expect, test } from "vitest";
import { PerTaskChains } from "./per-task-chains.ts";
import { TaskChain } from "./task-chain.ts";
import type { Task } from "./task.ts";
import type { TaskEvent } from "./task-event.ts";
import type { TaskWatcher } from "./task-watcher.ts";
import type { WatcherError } from "./watcher-error.ts";

function task(pid: number, parent?: Task): Task {
  return { id: `${pid}.1`, pid, tgid: pid, ppid: parent?.pid ?? 0, parent, startNs: 0n };
}

const init: TaskEvent = { type: "init", timeNs: 1n };
const clone: TaskEvent = { type: "clone", timeNs: 2n };
const exit: TaskEvent = { type: "exit", timeNs: 6n, code: 0 };
const free: TaskEvent = { type: "free", timeNs: 7n };

function newChain(): { chain: TaskChain; log: string[]; errors: WatcherError[] } {
  const errors: WatcherError[] = [];
  return { chain: new TaskChain({ onError: (error) => errors.push(error) }), log: [], errors };
}

function recorder(log: string[], name: string): TaskWatcher {
  const note = (event: TaskEvent, { pid }: Task): void => {
    log.push(`${name} ${event.type} ${pid}`);
  };
  return { name, init: note, clone: note, exit: note, free: note };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

describe("registerOn()", () => {
  test("tells of that task alone, after the watchers of the chain", () => {
    const { chain, log } = newChain();
    const [one, two] = [task(1), task(2)];
    chain.registerOn(one, recorder(log, "own"));
    chain.register(recorder(log, "global"));
    void chain.raise(exit, one);
    void chain.raise(exit, two);
    expect(log).toEqual(["global exit 1", "own exit 1", "global exit 2"]);
  });

  test("tells of the init of the task's children, not of its own; children do not inherit", () => {
    const { chain, log } = newChain();
    const parent = task(1);
    const child = task(2, parent);
    chain.registerOn(parent, recorder(log, "own"));
    void chain.raise(init, parent);
    void chain.raise(init, child);
    void chain.raise(clone, child);
    expect(log).toEqual(["own init 2"]);
  });

  test("is silenced by a watcher of the chain that stops the event", async () => {
    const { chain, log } = newChain();
    const one = task(1);
    chain.register({
      name: "stopper",
      exit: () => 0x8001,
      clone: () => Promise.resolve(0x8001),
    });
    chain.registerOn(one, recorder(log, "own"));
    expect(chain.raise(exit, one)).toBe(0x8001);
    expect(await chain.raise(clone, one)).toBe(0x8001);
    expect(log).toEqual([]);
  });

  test("is not silenced at free, neither by the chain nor by the task's own", () => {
    const { chain, log, errors } = newChain();
    const one = task(1);
    chain.register({ name: "stopper", free: () => 0x8001 });
    chain.registerOn(one, { name: "own stopper", free: () => 0x8002 });
    chain.registerOn(one, recorder(log, "own"));
    expect(chain.raise(free, one)).toBe(0);
    expect(log).toEqual(["own free 1"]);
    expect(errors.map(({ watcher }) => watcher)).toEqual(["stopper", "own stopper"]);
  });

  test("has the last word on the result, if it is called at all", async () => {
    const { chain } = newChain();
    const one = task(1);
    chain.register({ name: "global", exit: () => 3, clone: () => 4 });
    chain.registerOn(one, { name: "own", exit: () => Promise.resolve(9) });
    expect(await chain.raise(exit, one)).toBe(9);
    expect(chain.raise(clone, one)).toBe(4);
    expect(chain.raise(exit, task(2))).toBe(3);
  });

  test("from inside a watcher of the chain hears the very event", () => {
    const { chain, log } = newChain();
    chain.register({
      name: "global",
      clone: (_event, cloned) => void chain.registerOn(cloned, recorder(log, "own")),
    });
    void chain.raise(clone, task(1));
    expect(log).toEqual(["own clone 1"]);
  });

  test("refuses the same watcher on one task, not on two, nor another of its name", () => {
    const { chain, log } = newChain();
    const [one, two] = [task(1), task(2)];
    const watcher = recorder(log, "own");
    chain.registerOn(one, watcher);
    expect(() => chain.registerOn(one, watcher)).toThrow(
      'EEXIST: watcher "own" is on task 1.1 already',
    );
    chain.registerOn(two, watcher);
    chain.registerOn(one, recorder(log, "own"));
    void chain.raise(exit, one);
    expect(log).toEqual(["own exit 1", "own exit 1"]);
    expect(() => chain.registerOn(one, { name: "none" })).toThrow(TypeError);
  });

  test("waits for callbacks that sleep, one after another, behind those of the chain", async () => {
    const { chain, log } = newChain();
    const one = task(1);
    const sleeper = (name: string): TaskWatcher => ({
      name,
      async exit() {
        log.push(`${name} asleep`);
        await Promise.resolve();
        log.push(`${name} awake`);
      },
    });
    chain.registerOn(one, sleeper("own"));
    chain.registerOn(one, sleeper("own too"));
    chain.register(sleeper("global"));
    expect(await chain.raise(exit, one)).toBe(0);
    expect(log).toEqual([
      "global asleep",
      "global awake",
      "own asleep",
      "own awake",
      "own too asleep",
      "own too awake",
    ]);
  });

  test("reports failures with the name of the watcher and the task of the event", () => {
    const { chain, errors } = newChain();
    const parent = task(1);
    const registration = chain.registerOn(parent, {
      name: "own",
      init() {
        throw new Error("no room");
      },
    });
    void chain.raise(init, task(2, parent));
    expect(errors).toMatchObject([{ watcher: "own", event: "init", taskId: "2.1" }]);
    expect(registration.errors).toBe(1);
  });
});

describe("free", () => {
  test("takes the task's watchers off after they heard it, so that a second one is not heard", () => {
    const { chain, log } = newChain();
    const one = task(1);
    chain.registerOn(one, recorder(log, "own"));
    chain.registerOn(one, { name: "no free op", exit() {} });
    void chain.raise(free, one);
    expect(chain.has("exit")).toBe(false);
    void chain.raise(free, one);
    void chain.raise(exit, one);
    expect(log).toEqual(["own free 1"]);
  });

  test("takes them off after a free that sleeps, on the chain or on the task", async () => {
    const { chain, log } = newChain();
    const one = task(1);
    chain.register({ name: "global", free: () => Promise.resolve() });
    chain.registerOn(one, { name: "own", free: () => Promise.resolve() });
    chain.registerOn(one, recorder(log, "last"));
    expect(await chain.raise(free, one)).toBe(0);
    expect(log).toEqual(["last free 1"]);
    expect(chain.has("exit")).toBe(false);
  });

  test("leaves other tasks' watchers alone", () => {
    const { chain, log } = newChain();
    const [one, two] = [task(1), task(2)];
    chain.registerOn(one, recorder(log, "own"));
    chain.registerOn(two, recorder(log, "own"));
    void chain.raise(free, one);
    void chain.raise(exit, two);
    expect(log).toEqual(["own free 1", "own exit 2"]);
  });
});

test("PerTaskChains counts the tasks that have watchers", async () => {
  const chains = new PerTaskChains<Task>(() => {});
  const [one, two] = [task(1), task(2)];
  const first = chains.register(one, recorder([], "a"));
  const second = chains.register(one, recorder([], "b"));
  chains.register(two, recorder([], "a"));
  expect(chains.tasks).toBe(2);
  await first.unregister();
  expect(chains.tasks).toBe(2);
  await second.unregister();
  expect(chains.tasks).toBe(1);
  chains.release(two);
  chains.release(two);
  chains.release(one);
  expect(chains.tasks).toBe(0);
});

describe("unregister()", () => {
  test("takes one watcher off and leaves the others", async () => {
    const { chain, log } = newChain();
    const one = task(1);
    const registration = chain.registerOn(one, recorder(log, "a"));
    chain.registerOn(one, recorder(log, "b"));
    await registration.unregister();
    await registration.unregister();
    void chain.raise(exit, one);
    expect(log).toEqual(["b exit 1"]);
  });

  test("makes room for the same watcher again, also when it was the last", async () => {
    const { chain, log } = newChain();
    const one = task(1);
    const watcher = recorder(log, "own");
    await chain.registerOn(one, watcher).unregister();
    expect(chain.has("exit")).toBe(false);
    chain.registerOn(one, watcher);
    void chain.raise(exit, one);
    expect(log).toEqual(["own exit 1"]);
  });

  test("does nothing after the task's free", async () => {
    const { chain, log } = newChain();
    const one = task(1);
    const registration = chain.registerOn(one, recorder(log, "own"));
    void chain.raise(free, one);
    await registration.unregister();
    expect(chain.has("exit")).toBe(false);
    chain.registerOn(one, recorder(log, "again"));
    expect(chain.has("exit")).toBe(true);
  });

  test("waits until no call is inside the watcher", async () => {
    const { chain } = newChain();
    const one = task(1);
    const order: string[] = [];
    const wakers: (() => void)[] = [];
    const registration = chain.registerOn(one, {
      name: "sleeper",
      async exit() {
        await new Promise<void>((resolve) => wakers.push(resolve));
        order.push("left");
      },
    });
    const call = chain.raise(exit, one);
    const over = registration.unregister().then(() => order.push("unregistered"));
    await nextTurn();
    expect(order).toEqual([]);
    wakers[0]?.();
    await Promise.all([call, over]);
    expect(order).toEqual(["left", "unregistered"]);
  });
});
