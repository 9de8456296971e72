import { describe, expect, test } from "vitest";
import { afterKey, FIRST_VIEW, type Key, type ViewState } from "./view-state.ts";

const IDS = ["a", "b", "c", "d"];

function after(keys: readonly Key[], from: Partial<ViewState> = {}): ViewState {
  let state: ViewState = { ...FIRST_VIEW, ...from };
  for (const key of keys) state = afterKey(state, key, IDS, 2);
  return state;
}

function typed(text: string): Key[] {
  return [...text].map((sequence) => ({ sequence, name: sequence }));
}

describe("afterKey()", () => {
  test("moves from row to row and stops at the ends", () => {
    const down = { name: "down" };
    expect(after([down]).chosen).toBe("a");
    expect(after([down, down]).chosen).toBe("b");
    expect(after([{ name: "pagedown" }, { name: "pagedown" }]).chosen).toBe("d");
    expect(after([{ name: "end" }, { name: "up" }]).chosen).toBe("c");
    expect(after([{ name: "home" }, { name: "up" }]).chosen).toBe("a");
    expect(afterKey(FIRST_VIEW, down, [], 2).chosen).toBeUndefined();
  });

  test("sorts by another figure, and the other way round at the second time", () => {
    expect(after(typed("w"))).toMatchObject({ sort: "wait", isReversed: false });
    expect(after(typed("ww"))).toMatchObject({ sort: "wait", isReversed: true });
    expect(after(typed("wwx"))).toMatchObject({ sort: "execs", isReversed: false });
  });

  test("takes every key as text while a filter is typed", () => {
    const state = after([...typed("/fqt e"), { name: "backspace" }]);
    expect(state).toMatchObject({ filter: "fqt ", isTyping: true, isFrozen: false });
    expect(after([{ name: "return" }], state)).toMatchObject({ filter: "fqt ", isTyping: false });
    expect(after([{ name: "escape" }], state)).toMatchObject({ filter: "", isTyping: false });
  });

  test("lets nothing into a filter that a terminal would act upon, and no end of text", () => {
    const hostile = ["\u001b[31m", "\u0007", "\u202e", "\n", "\ud800"].map((sequence) => ({
      sequence,
    }));
    expect(after([...typed("/a"), ...hostile, { sequence: "b", meta: true }]).filter).toBe("a");
    expect(after([...typed("/"), { sequence: "x".repeat(5000) }]).filter).toHaveLength(60);
  });

  test("folds and inspects the chosen task, and none when none is", () => {
    const chosen = { chosen: "b" };
    expect([...after([{ name: "space" }], chosen).folded]).toEqual(["b"]);
    expect([...after([{ name: "space" }, { name: "space" }], chosen).folded]).toEqual([]);
    expect(after([{ name: "return" }], chosen).isInspecting).toBe(true);
    expect(after([{ name: "return" }, { name: "escape" }], chosen).isInspecting).toBe(false);
    expect(after([{ name: "return" }, { name: "space" }])).toEqual(FIRST_VIEW);
  });

  test("switches the tree, ended tasks and time off and on", () => {
    expect(after(typed("tef"))).toMatchObject({ isTree: false, showsEnded: true, isFrozen: true });
    expect(after(typed("tteeff"))).toEqual(FIRST_VIEW);
  });
});
