import { afterEach, describe, expect, test, vi } from "vitest";
import { AtomicNotifierChain } from "./atomic-notifier-chain.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** What plain JavaScript can do though the types forbid it. */
function asleep(promise: PromiseLike<number>): () => number {
  return () => promise as never;
}

describe("a callback that answers with a promise", () => {
  test("is an error, and the call goes on without waiting", () => {
    const errors: unknown[] = [];
    const chain = new AtomicNotifierChain<string, number>({
      name: "x",
      onError: (error, block) => errors.push([block.name, error]),
    });
    chain.register({ name: "sleeper", call: asleep(Promise.resolve(0x8001)) });
    chain.register({ call: () => 4 });
    expect(chain.call("up", 1)).toBe(4);
    expect(errors).toEqual([
      [
        "sleeper",
        new TypeError('block "sleeper" answered with a promise, atomic chain "x" must not sleep'),
      ],
    ]);
  });

  test("has its rejection reported as well, and not as an unhandled one", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const errors: unknown[] = [];
    const chain = new AtomicNotifierChain<string, number>({
      onError: (error, block, action, data) => errors.push([error, block.name, action, data]),
    });
    chain.register({ name: "sleeper", call: asleep(Promise.reject(new Error("late"))) });
    chain.call("up", 42);
    await nextTurn();
    process.off("unhandledRejection", unhandled);
    expect(errors).toEqual([
      [expect.any(TypeError), "sleeper", "up", 42],
      [new Error("late"), "sleeper", "up", 42],
    ]);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test("has its rejection shown when there is no onError to take it", async () => {
    const shown = vi.fn();
    vi.stubGlobal("console", { error: shown });
    const chain = new AtomicNotifierChain<string, number>();
    chain.register({ name: "sleeper", call: asleep(Promise.reject(new Error("late"))) });
    expect(() => chain.call("up", 1)).toThrow(AggregateError);
    await nextTurn();
    expect(shown.mock.calls).toEqual([[expect.objectContaining({ errors: [new Error("late")] })]]);
  });
});

test("registerUniquePriority() refuses a taken priority, and tells a member first", () => {
  const chain = new AtomicNotifierChain<string, number>({ name: "x" });
  const member = { name: "a", priority: 3, call: () => 0 };
  const undo = chain.registerUniquePriority(member);
  expect(() => chain.registerUniquePriority(member)).toThrow("EEXIST");
  expect(() => chain.registerUniquePriority({ name: "b", priority: 3, call: () => 0 })).toThrow(
    expect.objectContaining({
      code: "EBUSY",
      message:
        'EBUSY: priority 3 of atomic chain "x" is held by block "a", block "b" cannot have it',
    }),
  );
  chain.register({ name: "c", priority: 3, call: () => 0 });
  expect(chain.isEmpty()).toBe(false);
  undo();
  expect(() => chain.unregister(member)).toThrow("ENOENT");
});

test("isEmpty() tells whether a call would call nobody", () => {
  const chain = new AtomicNotifierChain<string, number>();
  expect(chain.isEmpty()).toBe(true);
  const undo = chain.register({ call: () => 0 });
  expect(chain.isEmpty()).toBe(false);
  undo();
  expect(chain.isEmpty()).toBe(true);
});
