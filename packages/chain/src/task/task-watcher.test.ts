import { expect, test } from "vitest";
import { type TaskWatcher, checkWatcher, watchedEvents } from "./task-watcher.ts";

const op = (): void => {};

class Ledger {
  readonly name = "ledger";
  entries = 0;
  readonly format = (): string => String(this.entries);

  exec(): void {
    this.add();
  }

  add(): void {
    this.entries += 1;
  }
}

test.each([
  [{ name: "a", exec: op }],
  [{ name: "a", priority: -1, existing: true, init: op, free: op }],
  [{ name: "a", existing: false, exit: op, count: 0 }], // state of its own
  [{ name: "a", exec: op, clone: undefined }],
  [Object.assign(Object.create(null), { name: "a", uid: op })],
  [new Ledger()], // helper methods of a class are its own business
])("checkWatcher() accepts %o", (watcher: TaskWatcher) => {
  expect(() => checkWatcher(watcher)).not.toThrow();
});

const SEVEN = "init, clone, exec, uid, gid, exit, free";

test.each([
  [null, new TypeError("a task watcher must be an object, got null")],
  [op, new TypeError(`a task watcher must be an object, got ${String(op)}`)],
  [
    { exec: op },
    new TypeError("name of a task watcher must be a string of at least one character"),
  ],
  [
    { name: "", exec: op },
    new TypeError("name of a task watcher must be a string of at least one character"),
  ],
  [{ name: "a" }, new TypeError(`watcher "a" has no op, it needs one of ${SEVEN}`)],
  [
    { name: "a", exec: op, fork: op },
    new TypeError(`watcher "a" has an op "fork", the ops are ${SEVEN}`),
  ],
  [{ name: "a", exec: "ls" }, new TypeError('exec of watcher "a" must be a function, got string')],
  [
    { name: "a", exec: op, priority: "1" },
    new TypeError('priority of watcher "a" must be a number, got 1'),
  ],
  [
    { name: "a", exec: op, priority: Number.NaN },
    new RangeError('priority of watcher "a" must be a safe integer, got NaN'),
  ],
  [
    { name: "a", init: op, existing: 1 },
    new TypeError('existing of watcher "a" must be a boolean, got number'),
  ],
  [
    { name: "a", exec: op, existing: true },
    new TypeError('watcher "a" wants existing tasks but has no init op to hear of them'),
  ],
])("checkWatcher() refuses %o", (watcher, error) => {
  expect(() => checkWatcher(watcher as never)).toThrow(error);
});

test("watchedEvents() lists the ops in the order of a task's life", () => {
  expect(watchedEvents({ name: "a", free: op, exec: op, init: op })).toEqual([
    "init",
    "exec",
    "free",
  ]);
});
