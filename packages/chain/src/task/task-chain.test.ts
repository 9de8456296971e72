import { describe, expect, test, vi } from "vitest";
import { TaskChain } from "./task-chain.ts";
import type { Task } from "./task.ts";
import type { TaskEvent, TaskEventName } from "./task-event.ts";
import type { TaskWatcher } from "./task-watcher.ts";
import type { WatcherError } from "./watcher-error.ts";

function task(pid: number, parent?: Task): Task {
  const startNs = BigInt(pid) * 1000n;
  return { id: `${pid}.1`, pid, tgid: pid, ppid: parent?.pid ?? 0, parent, startNs };
}

const missing = { missing: "ENOENT" };
const EVENTS: { readonly [Name in TaskEventName]: TaskEvent } = {
  init: { type: "init", timeNs: 1n },
  clone: { type: "clone", timeNs: 2n },
  exec: { type: "exec", timeNs: 3n, exe: missing, argv: missing, cwd: missing, cgroup: missing },
  uid: { type: "uid", timeNs: 4n, ruid: 0, euid: 0 },
  gid: { type: "gid", timeNs: 5n, rgid: 0, egid: 0 },
  exit: { type: "exit", timeNs: 6n, code: 0 },
  free: { type: "free", timeNs: 7n },
};

/** A chain that keeps its watchers' errors. */
function newChain(): { chain: TaskChain; errors: WatcherError[] } {
  const errors: WatcherError[] = [];
  return { chain: new TaskChain({ onError: (error) => errors.push(error) }), errors };
}

/** A watcher of all seven events that writes down what it hears. */
function recorder(log: string[], name: string, options: Partial<TaskWatcher> = {}): TaskWatcher {
  const note = (event: TaskEvent, { pid }: Task): void => {
    log.push(`${name} ${event.type} ${pid}`);
  };
  return {
    name,
    init: note,
    clone: note,
    exec: note,
    uid: note,
    gid: note,
    exit: note,
    free: note,
    ...options,
  };
}

const stop = (): number => 0x8001;

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

describe("raise()", () => {
  test("hands event and task to the op of the event, with this", () => {
    const { chain } = newChain();
    const heard: unknown[] = [];
    const watched = task(42);
    class Watcher implements TaskWatcher {
      readonly name = "class";
      readonly #heard = heard;
      exec(...args: readonly unknown[]): void {
        this.#heard.push(...args);
      }
    }
    chain.register(new Watcher());
    expect(chain.raise(EVENTS.exec, watched)).toBe(0);
    expect(heard[0]).toBe(EVENTS.exec);
    expect(heard[1]).toBe(watched);
  });

  test.each(["init", "clone", "exec", "uid", "gid", "exit", "free"] as const)(
    "tells of %s nobody but those who have an op for it",
    (name) => {
      const { chain } = newChain();
      const log: string[] = [];
      chain.register({ name: "one", [name]: () => void log.push("one") });
      for (const event of Object.values(EVENTS)) {
        void chain.raise(event, task(1));
      }
      expect(log).toEqual(["one"]);
    },
  );

  test("follows priority, then order of registration, and returns the last answer", () => {
    const { chain } = newChain();
    const log: string[] = [];
    const answer = (name: string, value: number, priority = 0): TaskWatcher => ({
      name,
      priority,
      exit: () => {
        log.push(name);
        return value;
      },
    });
    chain.register(answer("second", 2));
    chain.register(answer("third", 3));
    chain.register(answer("first", 1, 10));
    expect(chain.raise(EVENTS.exit, task(1))).toBe(3);
    expect(log).toEqual(["first", "second", "third"]);
  });

  test("ends at NOTIFY_STOP, except for free", () => {
    const { chain, errors } = newChain();
    const log: string[] = [];
    chain.register({ name: "stopper", init: stop, exec: stop, free: stop });
    chain.register(recorder(log, "late"));
    expect(chain.raise(EVENTS.init, task(1))).toBe(0x8001);
    expect(chain.raise(EVENTS.exec, task(1))).toBe(0x8001);
    expect(errors).toEqual([]);
    expect(chain.raise(EVENTS.free, task(1))).toBe(0);
    expect(log).toEqual(["late free 1"]);
    expect(errors.map(({ message }) => message)).toEqual([
      'watcher "stopper" failed at free of task 1.1: answered 32769 on blocking chain "free", which cannot be stopped',
    ]);
  });

  test("cannot be stopped at free by a promise of NOTIFY_STOP either", async () => {
    const { chain, errors } = newChain();
    const log: string[] = [];
    chain.register({ name: "stopper", free: () => Promise.resolve(0x8002) });
    chain.register(recorder(log, "late"));
    expect(await chain.raise(EVENTS.free, task(1))).toBe(0);
    expect(log).toEqual(["late free 1"]);
    expect(errors).toHaveLength(1);
  });

  test("waits for a watcher that sleeps, while other tasks go on", async () => {
    const { chain } = newChain();
    const log: string[] = [];
    const wakers: (() => void)[] = [];
    chain.register({
      name: "sleeper",
      exec: ({ type }, { pid }) =>
        pid === 1
          ? new Promise<void>((resolve) => wakers.push(resolve))
          : void log.push(`sleeper ${type} ${pid}`),
    });
    chain.register(recorder(log, "next"));
    const slow = chain.raise(EVENTS.exec, task(1));
    expect(chain.raise(EVENTS.exec, task(2))).toBe(0);
    expect(log).toEqual(["sleeper exec 2", "next exec 2"]);
    wakers[0]?.();
    expect(await slow).toBe(0);
    expect(log).toEqual(["sleeper exec 2", "next exec 2", "next exec 1"]);
  });

  test("throws for an event it does not know", () => {
    const { chain } = newChain();
    expect(() => chain.raise({ type: "fork", timeNs: 1n } as never, task(1))).toThrow(
      new TypeError('no event "fork", the events are init, clone, exec, uid, gid, exit, free'),
    );
  });
});

describe("a watcher that fails", () => {
  test("may throw what cannot even be printed", () => {
    const { chain, errors } = newChain();
    chain.register({
      name: "bad",
      exec() {
        throw Object.create(null);
      },
    });
    expect(chain.raise(EVENTS.exec, task(1))).toBe(0);
    expect(errors.map(({ message }) => message)).toEqual([
      'watcher "bad" failed at exec of task 1.1: an error that cannot be printed',
    ]);
  });

  test("keeps nobody from being called, and is reported with its name and counted", async () => {
    const { chain, errors } = newChain();
    const log: string[] = [];
    chain.register({
      name: "bad",
      exec() {
        throw new Error("sync");
      },
      exit: () => Promise.reject(new Error("async")),
      uid: () => 0.5,
    });
    chain.register(recorder(log, "good"));
    expect(chain.raise(EVENTS.exec, task(1))).toBe(0);
    expect(await chain.raise(EVENTS.exit, task(2))).toBe(0);
    expect(chain.raise(EVENTS.uid, task(3))).toBe(0);
    expect(log).toEqual(["good exec 1", "good exit 2", "good uid 3"]);
    expect(errors).toMatchObject([
      { watcher: "bad", event: "exec", taskId: "1.1", cause: new Error("sync") },
      { watcher: "bad", event: "exit", taskId: "2.1", cause: new Error("async") },
      { watcher: "bad", event: "uid", taskId: "3.1", cause: expect.any(TypeError) },
    ]);
    expect(chain.list()).toEqual([
      { name: "bad", events: ["exec", "uid", "exit"], errors: 3 },
      {
        name: "good",
        events: ["init", "clone", "exec", "uid", "gid", "exit", "free"],
        errors: 0,
      },
    ]);
  });

  test("is shown on the console when nobody listens for errors", () => {
    const shown = vi.spyOn(console, "error").mockImplementation(() => {});
    const chain = new TaskChain();
    chain.register({
      name: "bad",
      exec() {
        throw new Error("sync");
      },
    });
    expect(chain.raise(EVENTS.exec, task(1))).toBe(0);
    expect(shown.mock.calls).toMatchObject([[{ watcher: "bad" }]]);
    const heard: WatcherError[] = [];
    chain.onError((error) => heard.push(error));
    void chain.raise(EVENTS.exec, task(1));
    expect(shown).toHaveBeenCalledTimes(1);
    expect(heard).toHaveLength(1);
    shown.mockRestore();
  });
});

describe("register()", () => {
  test("takes effect for events raised after it, also from inside an op", () => {
    const { chain } = newChain();
    const log: string[] = [];
    const late = recorder(log, "late");
    chain.register({ name: "a", exec: () => void chain.register(late) });
    void chain.raise(EVENTS.exec, task(1));
    expect(log).toEqual([]);
    void chain.raise(EVENTS.exit, task(1));
    expect(log).toEqual(["late exit 1"]);
  });

  test("refuses a watcher, and a name, that is there", () => {
    const { chain } = newChain();
    const watcher = recorder([], "a");
    chain.register(watcher);
    expect(() => chain.register(watcher)).toThrow('EEXIST: a watcher "a" is on the chain already');
    expect(() => chain.register(recorder([], "a"))).toThrow("EEXIST");
  });

  test("has no effect when it throws", () => {
    const { chain } = newChain();
    expect(() => chain.register({ ...recorder([], "a"), fork() {} } as TaskWatcher)).toThrow(
      'watcher "a" has an op "fork"',
    );
    expect(chain.list()).toEqual([]);
    expect(chain.has("exec")).toBe(false);
  });

  test("is undone by unregister(), which is safe to call again and frees the name", async () => {
    const { chain } = newChain();
    const log: string[] = [];
    const registration = chain.register(recorder(log, "a"));
    expect(registration.name).toBe("a");
    const over = registration.unregister();
    void chain.raise(EVENTS.exec, task(1));
    chain.register(recorder(log, "a"));
    await over;
    await registration.unregister();
    void chain.raise(EVENTS.exit, task(1));
    expect(log).toEqual(["a exit 1"]);
  });

  test("ends with the scope of an await using", async () => {
    const { chain } = newChain();
    await chain.register(recorder([], "a"))[Symbol.asyncDispose]();
    expect(chain.list()).toEqual([]);
  });

  test("unregister() waits until no call is inside the watcher", async () => {
    const { chain } = newChain();
    const order: string[] = [];
    const wakers: (() => void)[] = [];
    const registration = chain.register({
      name: "sleeper",
      async exec() {
        await new Promise<void>((resolve) => wakers.push(resolve));
        order.push("left");
      },
    });
    const call = chain.raise(EVENTS.exec, task(1));
    const over = registration.unregister().then(() => order.push("unregistered"));
    await nextTurn();
    expect(order).toEqual([]);
    wakers[0]?.();
    await Promise.all([call, over]);
    expect(order).toEqual(["left", "unregistered"]);
  });
});

test("has() tells whether anybody hears an event, on the chain or on a task", async () => {
  const { chain } = newChain();
  expect(chain.has("exec")).toBe(false);
  const registration = chain.register({ name: "a", exec() {} });
  expect([chain.has("exec"), chain.has("exit")]).toEqual([true, false]);
  await registration.unregister();
  expect(chain.has("exec")).toBe(false);
  const own = chain.registerOn(task(1), { name: "a", exec() {} });
  expect([chain.has("exec"), chain.has("exit")]).toEqual([true, false]);
  await own.unregister();
  expect(chain.has("exec")).toBe(false);
  expect(() => chain.has("fork" as never)).toThrow(TypeError);
});

test("lastCalled() names who refused a stopped exec, or is being waited for", async () => {
  const { chain } = newChain();
  const owner = task(7);
  let answer: (value: number) => void = () => {};
  chain.register({ name: "first", priority: 2, exec: () => 0 });
  const second = chain.register({ name: "second", exec: () => 0x8002 });
  chain.register({
    name: "third",
    priority: -1,
    exec: () => new Promise((done) => (answer = done)),
  });
  chain.registerOn(owner, { name: "own", exec: () => 0 });
  const facts = { exe: "/bin/x", argv: ["x"], cwd: "/", cgroup: "/" };
  const stopped = (): TaskEvent & { type: "exec" } => ({
    ...{ type: "exec", timeNs: 0n, stopped: true },
    ...facts,
  });
  const [refused, waiting] = [stopped(), stopped()];
  expect(chain.lastCalled(refused)).toBeUndefined();
  expect(chain.raise(refused, owner)).toBe(0x8002);
  expect(chain.lastCalled(refused)).toBe("second");
  await second.unregister();
  const result = chain.raise(waiting, owner);
  expect(chain.lastCalled(waiting)).toBe("third");
  answer(0);
  expect(await result).toBe(0);
  expect(chain.lastCalled(waiting)).toBe("own");
  const ordinary = { type: "exec", timeNs: 0n, ...facts } as const;
  void chain.raise(ordinary, owner);
  expect(chain.lastCalled(ordinary)).toBeUndefined();
});

test("hasWatcher() knows the watchers of the chain, not those on single tasks", async () => {
  const { chain } = newChain();
  const registration = chain.register(recorder([], "one"));
  chain.registerOn(task(1), recorder([], "other"));
  expect(chain.hasWatcher("one")).toBe(true);
  expect(chain.hasWatcher("other")).toBe(false);
  await registration.unregister();
  expect(chain.hasWatcher("one")).toBe(false);
});
