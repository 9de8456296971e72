import { describe, expect, test } from "vitest";
import { SemaphoreError } from "./semaphore-error.ts";
import { UnitHold } from "./unit-hold.ts";

function held(refusal?: SemaphoreError): { hold: UnitHold; given: unknown[] } {
  const given: unknown[] = [];
  const giveBack = (...all: unknown[]): void => {
    given.push(all);
    if (refusal !== undefined) throw refusal;
  };
  return { hold: new UnitHold({ id: 7, giveBack }, 1, 3, true), given };
}

describe("UnitHold", () => {
  test("gives back once, and says so of the second time", () => {
    const { hold, given } = held();
    hold.release();
    const error = { code: "EALREADY", set: 7, semaphore: 1 };
    expect(() => hold.release()).toThrow(expect.objectContaining(error));
    expect(given).toEqual([[1, 3, true]]);
  });

  test("is given back at the end of its scope, unless it was before", () => {
    const { hold, given } = held();
    {
      using scoped = hold;
      expect(scoped.released).toBe(false);
    }
    hold[Symbol.dispose]();
    expect(given).toHaveLength(1);
  });

  test("went with its set: release() says so, the end of a scope does not mind", () => {
    const removed = new SemaphoreError("semop", 43);
    const { hold } = held(removed);
    expect(() => hold.release()).toThrow(removed);
    expect(hold.released).toBe(true);
    expect(() => held(removed).hold[Symbol.dispose]()).not.toThrow();
  });

  test("is still held when the value cannot take it", () => {
    const { hold, given } = held(new SemaphoreError("semop", 34));
    expect(() => hold.release()).toThrow(/ERANGE/u);
    expect(hold.released).toBe(false);
    expect(() => hold.release()).toThrow(/ERANGE/u);
    expect(given).toHaveLength(2);
  });
});
