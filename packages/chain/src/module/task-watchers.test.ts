import { describe, expect, test, vi } from "vitest";
import type { TraceLine, Watch, WatcherModule } from "./module.ts";
import type { Task } from "../task/task.ts";
import type { TaskEvent } from "../task/task-event.ts";
import { TaskWatchers } from "./task-watchers.ts";

const one: Task = { id: "1.1", pid: 1, tgid: 1, ppid: 0, startNs: 1000n };
const exit: TaskEvent = { type: "exit", timeNs: 6n, code: 0 };

function newWatch(lines: TraceLine[] = []): Watch {
  return { tasks: () => [one], writeLine: (line) => void lines.push(line) };
}

/** A module that writes down what it goes through. */
function newModule(log: string[], name: string, rest: Partial<WatcherModule> = {}): WatcherModule {
  return {
    name,
    version: "1.2.3",
    watcher: { name, exit: ({ type }) => void log.push(`${name} ${type}`) },
    open: () => void log.push(`${name} open`),
    close: () => void log.push(`${name} close`),
    ...rest,
  };
}

/** A promise to sleep on. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const resolvers: (() => void)[] = [];
  const opened = new Promise<void>((resolve) => resolvers.push(resolve));
  return { opened, open: () => resolvers[0]?.() };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

function fail(): never {
  throw new Error("no permission");
}

/** Name and state of every module. */
function states(registry: TaskWatchers): string[] {
  return registry.list().map(({ name, state }) => `${name} ${state}`);
}

describe("load() without a watch", () => {
  test("puts the watcher on the chain and opens nothing", async () => {
    const log: string[] = [];
    const registry = new TaskWatchers();
    const loaded = registry.load(newModule(log, "a"));
    await loaded.ready;
    void registry.chain.raise(exit, one);
    expect(loaded.name).toBe("a");
    expect(log).toEqual(["a exit"]);
  });

  test("throws EEXIST for a name that is taken, by a module or a watcher", () => {
    const registry = new TaskWatchers();
    registry.load(newModule([], "a"));
    expect(() => registry.load(newModule([], "a"))).toThrow('EEXIST: module "a" is loaded already');
    registry.register({ name: "b", exit() {} });
    expect(() => registry.load(newModule([], "b"))).toThrow(
      'EEXIST: a watcher "b" is on the chain already',
    );
    expect(states(registry)).toEqual(["a loaded"]);
  });

  test.each([
    [null, "a watcher module must be an object, got null"],
    [{ version: "1" }, "name of a watcher module must be a string of at least one character"],
    [{ name: "a" }, "version of a watcher module must be a string of at least one character"],
    [{ name: "a", version: "1", open: true }, 'open of module "a" must be a function, got boolean'],
    [{ name: "a", version: "1" }, "a task watcher must be an object, got undefined"],
    [{ name: "a", version: "1", watcher: { name: "w" } }, 'watcher "w" has no op'],
  ])("throws TypeError for %o", (module, message) => {
    const registry = new TaskWatchers();
    expect(() => registry.load(module as never)).toThrow(message);
    expect(registry.list()).toEqual([]);
  });
});

describe("startWatch()", () => {
  test("opens in order of loading, and its stop closes the other way round, once", async () => {
    const log: string[] = [];
    const registry = new TaskWatchers();
    registry.load(newModule(log, "a"));
    registry.load(newModule(log, "b", { open: async () => void log.push("b open") }));
    registry.load(newModule(log, "c"));
    const stop = await registry.startWatch(newWatch());
    expect(states(registry)).toEqual(["a open", "b open", "c open"]);
    expect(await stop()).toEqual([]);
    expect(await stop()).toEqual([]);
    expect(log).toEqual(["a open", "b open", "c open", "c close", "b close", "a close"]);
    expect(states(registry)).toEqual(["a loaded", "b loaded", "c loaded"]);
  });

  test("opens once a module that another one loads while it opens", async () => {
    const log: string[] = [];
    const registry = new TaskWatchers();
    registry.load(newModule(log, "a", { open: () => void registry.load(newModule(log, "b")) }));
    const stop = await registry.startWatch(newWatch());
    await stop();
    expect(log).toEqual(["b open", "b close", "a close"]);
  });

  test("hands the watch to the modules", async () => {
    const lines: TraceLine[] = [];
    const registry = new TaskWatchers();
    registry.load(
      newModule([], "a", {
        open(watch) {
          watch.writeLine({ type: "a.tasks", pids: Array.from(watch.tasks(), ({ pid }) => pid) });
        },
      }),
    );
    await registry.startWatch(newWatch(lines));
    expect(lines).toEqual([{ type: "a.tasks", pids: [1] }]);
  });

  test("lists a module that fails to open, keeps it quiet, and opens the others", async () => {
    const log: string[] = [];
    const registry = new TaskWatchers();
    registry.load(newModule(log, "a", { open: fail }));
    registry.load(newModule(log, "b", { open: async () => fail() }));
    registry.load(newModule(log, "c"));
    const stop = await registry.startWatch(newWatch());
    void registry.chain.raise(exit, one);
    expect(registry.list()).toMatchObject([
      { name: "a", state: "failed", error: "no permission" },
      { name: "b", state: "failed", error: "no permission" },
      { name: "c", state: "open" },
    ]);
    expect(await stop()).toEqual([
      { module: "a", during: "open", error: new Error("no permission") },
      { module: "b", during: "open", error: new Error("no permission") },
    ]);
    expect(log).toEqual(["c open", "c exit", "c close"]);
  });

  test("tries a failed module anew at the next watch", async () => {
    const log: string[] = [];
    const registry = new TaskWatchers();
    let works = false;
    registry.load(newModule(log, "a", { open: () => (works ? undefined : fail()) }));
    await (
      await registry.startWatch(newWatch())
    )();
    works = true;
    const stop = await registry.startWatch(newWatch());
    void registry.chain.raise(exit, one);
    expect(states(registry)).toEqual(["a open"]);
    expect(await stop()).toEqual([]);
    expect(log).toEqual(["a exit", "a close"]);
  });

  test("collects failures to close, and closes the others", async () => {
    const log: string[] = [];
    const registry = new TaskWatchers();
    registry.load(newModule(log, "a"));
    registry.load(newModule(log, "b", { close: fail }));
    const stop = await registry.startWatch(newWatch());
    expect(await stop()).toEqual([
      { module: "b", during: "close", error: new Error("no permission") },
    ]);
    expect(log).toEqual(["a open", "b open", "a close"]);
    expect(states(registry)).toEqual(["a loaded", "b failed"]);
  });

  test("rejects with EBUSY until the watch before is stopped", async () => {
    const registry = new TaskWatchers();
    const stop = await registry.startWatch(newWatch());
    await expect(registry.startWatch(newWatch())).rejects.toThrow(
      "EBUSY: another watch is in progress",
    );
    await stop();
    await expect(registry.startWatch(newWatch())).resolves.toBeInstanceOf(Function);
  });

  test.each([undefined, {}, { tasks: () => [] }])(
    "rejects with TypeError for %o",
    async (watch) => {
      const registry = new TaskWatchers();
      await expect(registry.startWatch(watch as never)).rejects.toThrow(
        new TypeError("a watch must have the functions tasks and writeLine"),
      );
      await expect(registry.startWatch(newWatch())).resolves.toBeInstanceOf(Function);
    },
  );

  test("shows late watchers the tasks of the watch while it lasts", async () => {
    const registry = new TaskWatchers();
    const seen: string[] = [];
    const late = (name: string): void =>
      void registry.register({
        name,
        existing: true,
        init: (_event, { pid }) => void seen.push(`${name} ${pid}`),
      });
    late("before");
    const stop = await registry.startWatch(newWatch());
    late("during");
    await stop();
    late("after");
    expect(seen).toEqual(["during 1"]);
  });

  test("leaves a population alone that is attached already", async () => {
    const registry = new TaskWatchers();
    const detach = registry.chain.attachPopulation(() => []);
    const stop = await registry.startWatch(newWatch());
    await stop();
    expect(() => registry.chain.attachPopulation(() => [])).toThrow("EBUSY");
    detach();
  });
});

describe("load() during a watch", () => {
  test("opens the module at once, and its watcher hears the next event", async () => {
    const log: string[] = [];
    const registry = new TaskWatchers();
    const stop = await registry.startWatch(newWatch());
    registry.register({ name: "loader", clone: () => void registry.load(newModule(log, "a")) });
    void registry.chain.raise({ type: "clone", timeNs: 5n }, one);
    expect(log).toEqual(["a open"]);
    void registry.chain.raise(exit, one);
    expect(log).toEqual(["a open", "a exit"]);
    await stop();
    expect(log).toEqual(["a open", "a exit", "a close"]);
  });

  test("keeps events from the watcher until the module is open", async () => {
    const log: string[] = [];
    const sleep = gate();
    const registry = new TaskWatchers();
    await registry.startWatch(newWatch());
    const loaded = registry.load(newModule(log, "a", { open: () => sleep.opened }));
    void registry.chain.raise(exit, one);
    expect(states(registry)).toEqual(["a opening"]);
    sleep.open();
    await loaded.ready;
    expect(states(registry)).toEqual(["a open"]);
    void registry.chain.raise(exit, one);
    expect(log).toEqual(["a exit"]);
  });

  test("rejects ready when the module fails, without an unhandled rejection", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const registry = new TaskWatchers();
    const stop = await registry.startWatch(newWatch());
    registry.load(newModule([], "a", { open: async () => fail() }));
    const loaded = registry.load(newModule([], "b", { open: fail }));
    await expect(loaded.ready).rejects.toThrow("no permission");
    await nextTurn();
    process.off("unhandledRejection", unhandled);
    expect(states(registry)).toEqual(["a failed", "b failed"]);
    expect(await stop()).toMatchObject([
      { module: "b", during: "open" },
      { module: "a", during: "open" },
    ]);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test("closes a module whose watcher cannot be registered, and lists it as failed", async () => {
    const log: string[] = [];
    const sleep = gate();
    const registry = new TaskWatchers();
    await registry.startWatch(newWatch());
    const loaded = registry.load(newModule(log, "a", { open: () => sleep.opened }));
    registry.register({ name: "a", exit() {} });
    sleep.open();
    await expect(loaded.ready).rejects.toThrow("EEXIST");
    expect(log).toEqual(["a close"]);
    expect(states(registry)).toEqual(["a failed"]);
  });

  test("is closed with the watch, also when it was still opening", async () => {
    const log: string[] = [];
    const sleep = gate();
    const registry = new TaskWatchers();
    const stop = await registry.startWatch(newWatch());
    registry.load(newModule(log, "a", { open: () => sleep.opened }));
    const stopped = stop();
    registry.load(newModule(log, "late"));
    sleep.open();
    expect(await stopped).toEqual([]);
    expect(log).toEqual(["a close"]);
    expect(states(registry)).toEqual(["a loaded", "late loaded"]);
  });
});

describe("unload()", () => {
  test("waits until no call is inside the watcher, then closes the module", async () => {
    const log: string[] = [];
    const sleep = gate();
    const registry = new TaskWatchers();
    const watcher = {
      name: "a",
      async exit() {
        await sleep.opened;
        log.push("a left");
      },
    };
    const loaded = registry.load(newModule(log, "a", { watcher }));
    await registry.startWatch(newWatch());
    const call = registry.chain.raise(exit, one);
    const over = loaded.unload().then(() => log.push("a unloaded"));
    void registry.chain.raise(exit, one);
    await nextTurn();
    expect(log).toEqual(["a open"]);
    expect(states(registry)).toEqual(["a unloading"]);
    expect(() => registry.load(newModule([], "a"))).toThrow("EEXIST");
    sleep.open();
    await Promise.all([call, over]);
    expect(log).toEqual(["a open", "a left", "a close", "a unloaded"]);
    registry.load(newModule(log, "a"));
  });

  test("by name rejects with ENOENT for a stranger; the handle's is safe to call again", async () => {
    const log: string[] = [];
    const registry = new TaskWatchers();
    const loaded = registry.load(newModule(log, "a"));
    await registry.unload("a");
    await expect(registry.unload("a")).rejects.toThrow('ENOENT: module "a" is not loaded');
    registry.load(newModule(log, "a"));
    await loaded.unload();
    await loaded[Symbol.asyncDispose]();
    expect(states(registry)).toEqual(["a loaded"]);
    expect(log).toEqual([]);
  });

  test("of a module that is opening waits, closes it, and lets no event through", async () => {
    const log: string[] = [];
    const sleep = gate();
    const registry = new TaskWatchers();
    await registry.startWatch(newWatch());
    registry.load(newModule(log, "a", { open: () => sleep.opened }));
    const over = registry.unload("a");
    sleep.open();
    await over;
    void registry.chain.raise(exit, one);
    expect(log).toEqual(["a close"]);
    expect(registry.list()).toEqual([]);
  });

  test("rejects with what close() threw, and the module is gone", async () => {
    const registry = new TaskWatchers();
    registry.load(newModule([], "a", { close: fail }));
    const stop = await registry.startWatch(newWatch());
    await expect(registry.unload("a")).rejects.toThrow("no permission");
    expect(registry.list()).toEqual([]);
    expect(await stop()).toEqual([]);
  });

  test("and the end of the watch at once close the module once", async () => {
    const log: string[] = [];
    const registry = new TaskWatchers();
    registry.load(newModule(log, "a"));
    const stop = await registry.startWatch(newWatch());
    await Promise.all([registry.unload("a"), stop()]);
    expect(log).toEqual(["a open", "a close"]);
  });
});

test("list() shows everything a module is and says", async () => {
  const registry = new TaskWatchers({ onError: () => {} });
  const lines = { "a.cpu": "CPU time of one task." };
  const status = { state: "open", counters: { lost: 2n }, notes: ["no CAP_X"] } as const;
  registry.load(newModule([], "a", { lines, status: () => status }));
  registry.load(
    newModule([], "b", { watcher: { name: "bw", exit: fail, free() {} }, status: fail }),
  );
  void registry.chain.raise(exit, one);
  expect(registry.list()).toEqual([
    { name: "a", version: "1.2.3", state: "loaded", events: ["exit"], errors: 0, lines, status },
    {
      name: "b",
      version: "1.2.3",
      state: "loaded",
      events: ["exit", "free"],
      errors: 1,
      status: { state: "failed", counters: {}, notes: ["status() failed: no permission"] },
    },
  ]);
});

test("register(), registerOn() and onError() are short for the chain's", () => {
  const registry = new TaskWatchers();
  const errors: string[] = [];
  registry.onError(({ watcher }) => errors.push(watcher));
  registry.register({ name: "a", exit: fail });
  registry.registerOn(one, { name: "b", exit: fail });
  void registry.chain.raise(exit, one);
  expect(errors).toEqual(["a", "b"]);
});

test("summaries() has what modules found out, and says when one fails at it", () => {
  const log: string[] = [];
  const registry = new TaskWatchers();
  const table = { title: "t", columns: [], rows: [], notes: ["n"] };
  registry.load(newModule(log, "a", { summary: () => [table] }));
  registry.load(newModule(log, "b"));
  registry.load(newModule(log, "c", { summary: fail }));
  registry.load(newModule(log, "d", { summary: () => [] }));
  expect(registry.summaries()).toEqual([
    { module: "a", tables: [table] },
    {
      module: "c",
      tables: [{ title: "c", columns: [], rows: [], notes: ["summary() failed: no permission"] }],
    },
  ]);
  expect(() => registry.load(newModule(log, "e", { summary: 1 as never }))).toThrow(
    'summary of module "e" must be a function, got number',
  );
});
