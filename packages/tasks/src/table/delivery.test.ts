import type { TaskEvent } from "@task-watchers/chain";
import { expect, test } from "vitest";
import { Delivery } from "./delivery.ts";
import { TrackedTask } from "./tracked-task.ts";

function task(pid: number): TrackedTask {
  return new TrackedTask(pid, pid, 1, 0n, 0, undefined);
}

function event(type: "init" | "clone" | "exec" | "exit" | "free"): TaskEvent {
  const base = { timeNs: 0n };
  if (type !== "exec") return { type, ...base };
  const missing = { missing: "ENOENT" };
  return { type, ...base, exe: missing, argv: missing, cwd: missing, cgroup: missing };
}

/** Watchers that answer when told to. */
class Slow {
  readonly told: string[] = [];
  readonly answers: Array<() => void> = [];
  idle = 0;
  readonly delivery = new Delivery(
    (raised, of) => {
      this.told.push(`${raised.type} ${of.pid}`);
      return new Promise((resolve) => this.answers.push(() => resolve(0)));
    },
    () => this.idle++,
    () => {},
  );

  async answer(): Promise<void> {
    this.answers.shift()?.();
    await new Promise(setImmediate);
  }
}

test("Delivery raises a task's next event only after the last was answered", async () => {
  const slow = new Slow();
  const one = task(1);
  slow.delivery.deliver(one, event("init"));
  slow.delivery.deliver(one, event("clone"));
  slow.delivery.deliver(one, event("exit"));
  expect(slow.told).toEqual(["init 1"]);
  await slow.answer();
  expect(slow.told).toEqual(["init 1", "clone 1"]);
  await slow.answer();
  await slow.answer();
  expect(slow.told).toEqual(["init 1", "clone 1", "exit 1"]);
  expect(slow.idle).toBe(1);
  expect(slow.delivery.busy).toBe(0);
});

test("Delivery lets no task wait for another", () => {
  const slow = new Slow();
  slow.delivery.deliver(task(1), event("init"));
  slow.delivery.deliver(task(2), event("init"));
  expect(slow.told).toEqual(["init 1", "init 2"]);
});

test("Delivery goes on with a task whose watcher rejected", async () => {
  const told: string[] = [];
  const delivery = new Delivery(
    (raised) => {
      told.push(raised.type);
      return raised.type === "init" ? Promise.reject(new Error("no")) : 0;
    },
    () => {},
    () => {},
  );
  const one = task(1);
  delivery.deliver(one, event("init"));
  delivery.deliver(one, event("clone"));
  await new Promise(setImmediate);
  expect(told).toEqual(["init", "clone"]);
  expect(one.pending).toBeUndefined();
});

test("Delivery with a watcher that never answers drops execs, tells of no new task, but keeps exits", () => {
  const slow = new Slow();
  const one = task(1);
  slow.delivery.deliver(one, event("init"));
  for (let n = 0; n < 70_000; n++) slow.delivery.deliver(one, event("exec"));
  expect(slow.delivery.backlog).toBe(65_536);
  expect(slow.delivery.dropped).toBe(70_000 - 65_536);
  slow.delivery.deliver(one, event("exit"));
  expect(slow.delivery.backlog).toBe(65_537);
  const two = task(2);
  for (const type of ["init", "exec", "exit", "free"] as const)
    slow.delivery.deliver(two, event(type));
  expect(slow.told).toEqual(["init 1"]);
  expect(slow.delivery.dropped).toBe(70_000 - 65_536 + 4);
});

test("Delivery is idle only when no task's watcher is at work", async () => {
  const slow = new Slow();
  slow.delivery.deliver(task(1), event("init"));
  slow.delivery.deliver(task(2), event("init"));
  await slow.answer();
  expect(slow.delivery.busy).toBe(1);
  expect(slow.idle).toBe(0);
  await slow.answer();
  expect(slow.idle).toBe(1);
});
