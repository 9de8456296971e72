import { type Task, TaskWatchers, type Watch } from "@task-watchers/chain";
import { expect, test } from "vitest";
import { ChainEnds, type UndoVariant } from "./chain-ends.ts";

const task = (pid: number, ticks: number): Task => ({
  id: `${pid}.${ticks}`,
  pid,
  tgid: pid,
  ppid: 1,
  startNs: BigInt(ticks) * 10_000_000n,
});

function scene(
  variant: UndoVariant,
  tasks: Task[],
): { watchers: TaskWatchers; ends: ChainEnds; watch: Watch } {
  const watchers = new TaskWatchers();
  const ends = new ChainEnds(watchers, variant);
  if (variant === "global") {
    watchers.register({ name: "semundo", exit: (_event, ended) => ends.ended(ended) });
  }
  return { watchers, ends, watch: { tasks: () => tasks, writeLine() {} } };
}

for (const variant of ["per-task", "global"] as const) {
  test(`${variant}: the end of a holder is heard of, that of another task is not`, () => {
    const [holder, other] = [task(5, 70), task(6, 70)];
    const { watchers, ends, watch } = scene(variant, [holder, other]);
    ends.open(watch);
    let heard = 0;
    ends.add({ pid: 5, startTicks: 70 }, () => heard++);
    const end = (which: Task): unknown =>
      watchers.chain.raise({ type: "exit", timeNs: 1n, code: 0 }, which);
    end(other);
    expect(heard).toBe(0);
    end(holder);
    expect(heard).toBe(1);
  });

  test(`${variant}: who held before the watch began is looked up in it`, () => {
    const holder = task(5, 71);
    const { watchers, ends, watch } = scene(variant, [holder]);
    let heard = 0;
    // One tick earlier than the event said.
    ends.add({ pid: 5, startTicks: 70 }, () => heard++);
    ends.open(watch);
    watchers.chain.raise({ type: "exit", timeNs: 1n, code: 0 }, holder);
    expect(heard).toBe(1);
  });

  test(`${variant}: nothing is heard after the undo`, () => {
    const holder = task(5, 70);
    const { watchers, ends, watch } = scene(variant, [holder]);
    ends.open(watch);
    let heard = 0;
    ends.add({ pid: 5, startTicks: 70 }, () => heard++)();
    watchers.chain.raise({ type: "exit", timeNs: 1n, code: 0 }, holder);
    expect(heard).toBe(0);
  });
}

test("per-task: nobody listens on the chain while nobody holds, nor on tasks that hold nothing", () => {
  const holder = task(5, 70);
  const { watchers, ends, watch } = scene("per-task", [holder]);
  ends.open(watch);
  expect(watchers.chain.has("exit")).toBe(false);
  const undo = ends.add({ pid: 5, startTicks: 70 }, () => {});
  expect(watchers.chain.has("exit")).toBe(true);
  undo();
  expect(watchers.chain.has("exit")).toBe(false);
});

test("per-task: a task that has the pid of a holder but another start is another", () => {
  const { watchers, ends, watch } = scene("per-task", [task(5, 900)]);
  ends.open(watch);
  ends.add({ pid: 5, startTicks: 70 }, () => {});
  expect(watchers.chain.has("exit")).toBe(false);
});
