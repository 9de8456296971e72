/** What becomes of errors: the same on every chain, shown on the one kind or the other. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AtomicNotifierChain } from "./atomic-notifier-chain.ts";
import { BlockingNotifierChain } from "./blocking-notifier-chain.ts";
import { RawNotifierChain } from "./raw-notifier-chain.ts";
import { SrcuNotifierChain } from "./srcu-notifier-chain.ts";

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => {
  unhandled.push(error);
};

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", onUnhandled);
});

afterEach(async () => {
  await nextTurn();
  await nextTurn();
  process.off("unhandledRejection", onUnhandled);
  vi.unstubAllGlobals();
  expect(unhandled).toEqual([]);
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** An object with that property `then`, for which it may be taken for a promise. */
function thenable(then: PropertyDescriptor): never {
  // oxlint-disable-next-line unicorn/no-thenable -- what a chain does with one is the question
  return Object.defineProperty({}, "then", then) as never;
}

const failing = (): never => {
  throw new Error("then failed");
};
const working = (resolve: (value: number) => void): void => resolve(9);

function thrower(name: string): { name: string; call(): never } {
  return {
    name,
    call() {
      throw new Error(`${name} failed`);
    },
  };
}

describe.each([
  ["raw", RawNotifierChain],
  ["atomic", AtomicNotifierChain],
  ["blocking", BlockingNotifierChain],
  ["srcu", SrcuNotifierChain],
] as const)("%s chain", (kind, Chain) => {
  test("calls everybody although some throw, then throws one AggregateError", () => {
    const chain = new Chain<string, number>({ name: "x" });
    const heard: string[] = [];
    chain.register(thrower("a"));
    chain.register({ name: "b", call: (action) => void heard.push(action) });
    chain.register(thrower("c"));
    chain.register({ name: "d", call: (action) => void heard.push(action) });
    expect(() => chain.call("up", 1)).toThrow(
      expect.objectContaining({
        name: "AggregateError",
        message: `2 errors on ${kind} chain "x": "a", "c"`,
        errors: [new Error("a failed"), new Error("c failed")],
      }),
    );
    expect(heard).toEqual(["up", "up"]);
  });

  test("hands errors to onError as they happen, and counts them as NOTIFY_DONE", () => {
    const log: unknown[] = [];
    const bad = thrower("bad");
    const chain = new Chain<string, number>({
      onError: (error, block, action, data) => log.push([error, block === bad, action, data]),
    });
    chain.register({ call: () => 5 });
    chain.register(bad);
    expect(chain.call("up", 42)).toBe(0);
    expect(log).toEqual([[new Error("bad failed"), true, "up", 42]]);
  });

  test("throws what onError throws, with its cause, after everybody was called", () => {
    const heard: string[] = [];
    const chain = new Chain<string, number>({
      onError() {
        throw new Error("sink failed");
      },
    });
    chain.register(thrower("a"));
    chain.register({ call: (action) => void heard.push(action) });
    expect(() => chain.call("up", 1)).toThrow(
      expect.objectContaining({
        message: `2 errors on ${kind} chain: onError after "a", "a"`,
        errors: [new Error("sink failed"), new Error("a failed")],
      }),
    );
    expect(heard).toEqual(["up"]);
  });

  test("shows the rejection of an onError that turns out to be async", async () => {
    const shown = vi.fn();
    vi.stubGlobal("console", { error: shown });
    const chain = new Chain<string, number>({
      onError: async () => {
        throw new Error("sink rejected");
      },
    });
    chain.register(thrower("a"));
    expect(chain.call("up", 1)).toBe(0);
    await nextTurn();
    expect(shown.mock.calls).toEqual([[new Error("sink rejected")]]);
  });

  test.each([
    [0.5, "number 0.5"],
    [Number.NaN, "number NaN"],
    [2 ** 31, "number 2147483648"],
    ["stop", "string stop"],
    [true, "a value of type boolean"],
    [null, "object null"],
    [{}, "a value of type object"],
    [1n, "a value of type bigint"],
  ])("takes the answer %o for an error and goes on", (answer, described) => {
    const errors: unknown[] = [];
    const chain = new Chain<string, number>({ onError: (error) => errors.push(error) });
    chain.register({ name: "odd", call: () => answer as number });
    chain.register({ call: () => 6 });
    expect(chain.call("up", 1)).toBe(6);
    expect(errors).toEqual([
      new TypeError(
        `block "odd" on ${kind} chain must answer a 32-bit integer or nothing, got ${described}`,
      ),
    ]);
  });

  test("survives an answer that throws when it is looked at", () => {
    const errors: unknown[] = [];
    const chain = new Chain<string, number>({ onError: (error) => errors.push(error) });
    const trap = thenable({
      get() {
        throw new Error("trap");
      },
    });
    chain.register({ call: () => trap });
    expect(chain.call("up", 1)).toBe(0);
    expect(errors).toEqual([expect.any(TypeError)]);
  });
});

describe.each([
  ["raw", RawNotifierChain],
  ["blocking", BlockingNotifierChain],
  ["srcu", SrcuNotifierChain],
] as const)("%s chain with callbacks that sleep", (kind, Chain) => {
  test("rejects with one AggregateError for what was thrown and what was rejected", async () => {
    const heard: string[] = [];
    const chain = new Chain<string, number>();
    chain.register(thrower("a"));
    chain.register({ name: "b", call: () => Promise.reject(new Error("b rejected")) });
    chain.register({ call: (action) => void heard.push(action) });
    chain.register({ name: "c", call: () => Promise.resolve(0.5) });
    await expect(chain.call("up", 1)).rejects.toThrow(
      expect.objectContaining({
        message: `3 errors on ${kind} chain: "a", "b", "c"`,
        errors: [new Error("a failed"), new Error("b rejected"), expect.any(TypeError)],
      }),
    );
    expect(heard).toEqual(["up"]);
  });

  test("hands a rejection to onError and counts it as NOTIFY_DONE", async () => {
    const errors: unknown[] = [];
    const chain = new Chain<string, number>({ onError: (error) => errors.push(error) });
    chain.register({ call: () => Promise.reject(new Error("rejected")) });
    expect(await chain.call("up", 1)).toBe(0);
    expect(errors).toEqual([new Error("rejected")]);
  });

  test("waits for any thenable, also one that throws", async () => {
    const errors: unknown[] = [];
    const chain = new Chain<string, number>({ onError: (error) => errors.push(error) });
    chain.register({ call: () => thenable({ value: failing }) });
    chain.register({ call: () => thenable({ value: working }) });
    expect(await chain.call("up", 1)).toBe(9);
    expect(errors).toEqual([new Error("then failed")]);
  });

  test("stops at a promise of NOTIFY_STOP", async () => {
    const heard: string[] = [];
    const chain = new Chain<string, number>();
    chain.register({ call: () => Promise.resolve(0x8001) });
    chain.register({ call: (action) => void heard.push(action) });
    expect(await chain.call("up", 1)).toBe(0x8001);
    expect(heard).toEqual([]);
  });
});
