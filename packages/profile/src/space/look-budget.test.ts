import { expect, test, vi } from "vitest";
import { LookBudget } from "./look-budget.ts";

test("LookBudget refuses when the time of a second is used up, and counts that", () => {
  const clock = vi.spyOn(performance, "now");
  try {
    let nowMs = 5000;
    clock.mockImplementation(() => nowMs);
    const budget = new LookBudget(50);
    const slow = (): string => {
      nowMs += 30;
      return "seen";
    };
    expect([1, 2, 3].map(() => budget.look(slow))).toEqual(["seen", "seen", "refused"]);
    expect(budget.refused).toBe(1);
    nowMs = 6000;
    expect(budget.look(slow)).toBe("seen");
  } finally {
    clock.mockRestore();
  }
});
