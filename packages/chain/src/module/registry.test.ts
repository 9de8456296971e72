import { expect, test, vi } from "vitest";
import { taskWatchers } from "./registry.ts";

const KEY = Symbol.for("@task-watchers/chain.1");

test("taskWatchers is on globalThis under the contract's key, out of the way of listings", () => {
  expect(Reflect.get(globalThis, KEY)).toBe(taskWatchers);
  expect(Reflect.getOwnPropertyDescriptor(globalThis, KEY)).toMatchObject({
    enumerable: false,
    writable: false,
  });
});

test("two copies of the package share the registry, and watchers of one hear the other's", async () => {
  // A query makes another module of the same file, as a second installed copy would be.
  const copy = (await import("./registry.ts?copy=2" as string)) as {
    taskWatchers: typeof taskWatchers;
  };
  expect(copy).not.toBe(await import("./registry.ts"));
  expect(copy.taskWatchers).toBe(taskWatchers);
  const heard = vi.fn();
  const loaded = copy.taskWatchers.load({
    name: "from the copy",
    version: "1.0.0",
    watcher: { name: "from the copy", exit: heard },
  });
  expect(() => taskWatchers.register({ name: "from the copy", exit() {} })).toThrow(
    expect.objectContaining({ code: "EEXIST" }),
  );
  const task = { id: "1.1", pid: 1, tgid: 1, ppid: 0, startNs: 0n };
  void taskWatchers.chain.raise({ type: "exit", timeNs: 1n }, task);
  expect(heard).toHaveBeenCalledTimes(1);
  await loaded.unload();
});
