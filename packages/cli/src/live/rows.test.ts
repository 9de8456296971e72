import { describe, expect, test } from "vitest";
import { at, busy, end, SECOND, tasksOf } from "./live-task.fixture.ts";
import { type Row, rowsOf } from "./rows.ts";
import type { Snapshot } from "./snapshot.ts";
import { FIRST_VIEW, type ViewState } from "./view-state.ts";

function shown(snapshot: Snapshot, view: Partial<ViewState> = {}): string[] {
  const text = ({ branch, hidden, task, isContext }: Row): string =>
    `${branch}${hidden > 0 ? `[+${hidden}] ` : ""}${task.pid}${isContext ? " context" : ""}`;
  return rowsOf(snapshot, { ...FIRST_VIEW, ...view }).map(text);
}

describe("rowsOf()", () => {
  test("has children below their parents, the busiest family first", () => {
    const tasks = tasksOf([1, 0], [2, 1], [3, 1], [4, 3]);
    busy(tasks, 2, 0.2);
    busy(tasks, 4, 0.9);
    expect(shown(at(tasks, 2))).toEqual(["1", "├─ 3", "│  └─ 4", "└─ 2"]);
    expect(shown(at(tasks, 2), { isReversed: true })).toEqual(["1", "├─ 2", "└─ 3", "   └─ 4"]);
  });

  test("has a list of all by each one's own figure", () => {
    const tasks = tasksOf([1, 0], [2, 1], [3, 2]);
    busy(tasks, 3, 0.5, 10);
    busy(tasks, 1, 0.1, 99);
    expect(shown(at(tasks, 2), { isTree: false })).toEqual(["3", "1", "2"]);
    expect(shown(at(tasks, 2), { isTree: false, sort: "io" })).toEqual(["1", "3", "2"]);
  });

  test("adds up what is folded away", () => {
    const tasks = tasksOf([1, 0], [2, 1], [3, 2]);
    busy(tasks, 2, 0.25);
    busy(tasks, 3, 0.5);
    const [row] = rowsOf(at(tasks, 2), { ...FIRST_VIEW, folded: new Set(["1.1"]) });
    expect(row).toMatchObject({ hidden: 2, cpu: 0.75 });
    expect(shown(at(tasks, 2), { folded: new Set(["1.1"]) })).toEqual(["[+2] 1"]);
  });

  test("finds by text or pid without regard to case, and shows the ancestors of what it found", () => {
    const tasks = tasksOf([10, 0], [20, 10], [30, 10]);
    expect(shown(at(tasks, 2), { filter: "COMMAND 20" })).toEqual(["10 context", "└─ 20"]);
    expect(shown(at(tasks, 2), { filter: "30", isTree: false })).toEqual(["30"]);
    expect(shown(at(tasks, 2), { filter: "nothing" })).toEqual([]);
  });

  test("shows who ended for three seconds, and with all of them when asked", () => {
    const tasks = tasksOf([1, 0], [2, 1]);
    end(tasks, 2, 2n * SECOND);
    expect(shown(at(tasks, 4.9))).toEqual(["1", "└─ 2"]);
    expect(shown(at(tasks, 5.1))).toEqual(["1"]);
    expect(shown(at(tasks, 5.1), { showsEnded: true })).toEqual(["1", "└─ 2"]);
  });

  test("shows the latest three of many children that ended, after those that live", () => {
    const tasks = tasksOf([1, 0], [2, 1], [3, 1], [4, 1], [5, 1], [6, 1]);
    for (const pid of [2, 3, 4, 5]) end(tasks, pid, 2n * SECOND);
    expect(shown(at(tasks, 2))).toEqual(["1", "├─ 6", "├─ 3", "├─ 4", "└─ 5"]);
    expect(shown(at(tasks, 2), { showsEnded: true })).toHaveLength(6);
  });

  test("keeps below a parent that ended the child that lives", () => {
    const tasks = tasksOf([1, 0], [2, 1]);
    end(tasks, 1, 2n * SECOND);
    expect(shown(at(tasks, 60))).toEqual(["1 context", "└─ 2"]);
  });

  test("stands a chain as deep as there are pids", () => {
    const depth = 12_000;
    const tasks = tasksOf(...Array.from({ length: depth }, (_, i) => [i + 1, i] as const));
    expect(rowsOf(at(tasks, 2), FIRST_VIEW)).toHaveLength(depth);
  });
});
