import { describe, expect, test } from "vitest";
import type { NotifierBlock } from "./notifier-block.ts";
import { RawNotifierChain } from "./raw-notifier-chain.ts";

type Chain = RawNotifierChain<string, number>;
type Block = NotifierBlock<string, number>;

/** A promise to sleep on. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const resolvers: (() => void)[] = [];
  const opened = new Promise<void>((resolve) => resolvers.push(resolve));
  return { opened, open: () => resolvers[0]?.() };
}

/** Lets everything run that can. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** A block that writes down what it hears. */
function recorder(log: string[], name: string, answer: number | (() => number | void) = 1): Block {
  return {
    name,
    call(action, data) {
      log.push(`${name} ${action} ${data}`);
      return typeof answer === "number" ? answer : answer();
    },
  };
}

function chainOf(...blocks: readonly Block[]): Chain {
  const chain = new RawNotifierChain<string, number>();
  for (const block of blocks) {
    chain.register(block);
  }
  return chain;
}

describe("call()", () => {
  test("returns 0 when there is no block, and when the last one was taken off", () => {
    const block = recorder([], "a");
    const chain = chainOf();
    expect(chain.isEmpty()).toBe(true);
    expect(chain.call("up", 1)).toBe(0);
    chain.register(block);
    expect(chain.isEmpty()).toBe(false);
    chain.unregister(block);
    expect(chain.isEmpty()).toBe(true);
    expect(chain.call("up", 1)).toBe(0);
  });

  test("passes action and data on and returns the last answer, not the worst", () => {
    const log: string[] = [];
    const chain = chainOf(recorder(log, "a", 5), recorder(log, "b", 0));
    expect(chain.call("up", 42)).toBe(0);
    expect(log).toEqual(["a up 42", "b up 42"]);
  });

  test.each([0x8000, 0x8001, 0x8002, -12])("stops at the answer %i and returns it", (answer) => {
    const log: string[] = [];
    const chain = chainOf(recorder(log, "a"), recorder(log, "b", answer), recorder(log, "c"));
    expect(chain.call("up", 1)).toBe(answer);
    expect(log).toEqual(["a up 1", "b up 1"]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 10])("calls all of %i blocks, and stops at any", (count) => {
    for (let stopAt = 0; stopAt <= count; stopAt += 1) {
      const log: string[] = [];
      const blocks = Array.from({ length: count }, (_, index) =>
        recorder(log, String(index), index === stopAt ? 0x8001 : 3),
      );
      expect(chainOf(...blocks).call("up", 1)).toBe(stopAt === count ? 3 : 0x8001);
      expect(log).toHaveLength(Math.min(stopAt + 1, count));
    }
  });

  test("counts undefined as NOTIFY_DONE", () => {
    const chain = chainOf(
      recorder([], "a", 1),
      recorder([], "b", () => undefined),
    );
    expect(chain.call("up", 1)).toBe(0);
  });

  test("calls a block without this", () => {
    const receivers: unknown[] = [];
    const chain = chainOf({
      call: function (this: unknown) {
        receivers.push(this);
      },
    });
    void chain.call("up", 1);
    expect(receivers).toEqual([undefined]);
  });
});

describe("call() on the live list", () => {
  test("goes on when a block takes itself off", () => {
    const log: string[] = [];
    const chain = chainOf();
    const self: Block = recorder(log, "self", () => chain.unregister(self));
    chain.register(self);
    chain.register(recorder(log, "next"));
    void chain.call("first", 1);
    void chain.call("second", 1);
    expect(log).toEqual(["self first 1", "next first 1", "next second 1"]);
  });

  test("still calls the next block when it was just taken off", () => {
    const log: string[] = [];
    const chain = chainOf();
    const next = recorder(log, "next");
    chain.register(recorder(log, "a", () => chain.unregister(next)));
    chain.register(next);
    chain.register(recorder(log, "last"));
    void chain.call("up", 1);
    expect(log).toEqual(["a up 1", "next up 1", "last up 1"]);
  });

  test("does not call one taken off further on, nor one put right behind, but one put further on", () => {
    const log: string[] = [];
    const chain = chainOf();
    const third = recorder(log, "third");
    chain.register({
      ...recorder(log, "a", () => {
        chain.unregister(third);
        chain.register({ ...recorder(log, "right behind"), priority: 2 });
        chain.register(recorder(log, "further on"));
      }),
      priority: 3,
    });
    chain.register(recorder(log, "second"));
    chain.register(third);
    void chain.call("up", 1);
    expect(log).toEqual(["a up 1", "second up 1", "further on up 1"]);
  });

  test("follows a held block to the place it was moved to", () => {
    const log: string[] = [];
    const chain = chainOf();
    const held = recorder(log, "held");
    let moved = false;
    chain.register(
      recorder(log, "a", () => {
        if (!moved) {
          moved = true;
          chain.unregister(held);
          chain.register(held);
        }
      }),
    );
    chain.register(held);
    chain.register(recorder(log, "skipped"));
    void chain.call("up", 1);
    expect(log).toEqual(["a up 1", "held up 1"]);
  });

  test("ends with ELOOP after 100,000 callbacks when blocks keep moving themselves", () => {
    let calls = 0;
    const errors: unknown[] = [];
    const chain = new RawNotifierChain<string, number>({
      name: "circle",
      onError: (error, block) => errors.push([block.name, error]),
    });
    for (const name of ["a", "b"]) {
      const block: Block = {
        name,
        call() {
          calls += 1;
          chain.unregister(block);
          chain.register(block);
          return 7;
        },
      };
      chain.register(block);
    }
    expect(chain.call("up", 1)).toBe(7);
    expect(calls).toBe(100_000);
    expect(errors).toEqual([["b", expect.objectContaining({ code: "ELOOP" })]]);
    expect(String(errors[0])).toContain(
      'ELOOP: raw chain "circle" had no end after 100000 callbacks',
    );
  });
});

describe("register() and unregister()", () => {
  test("refuse a member and a stranger, naming block and chain", () => {
    const chain = new RawNotifierChain<string, number>({ name: "pids" });
    const block = recorder([], "a");
    chain.register(block);
    expect(() => chain.register(block)).toThrow(
      expect.objectContaining({
        name: "NotifierError",
        code: "EEXIST",
        message: 'EEXIST: block "a" is on raw chain "pids" already',
      }),
    );
    expect(() => chain.unregister(recorder([], "b"))).toThrow(
      expect.objectContaining({ code: "ENOENT" }),
    );
  });

  test("know blocks by identity: one function may serve two", () => {
    const log: string[] = [];
    const { call } = recorder(log, "both");
    void chainOf({ call }, { call }).call("up", 1);
    expect(log).toEqual(["both up 1", "both up 1"]);
  });

  test("allow one block on two chains", () => {
    const log: string[] = [];
    const block = recorder(log, "a");
    const [one, two] = [chainOf(block), chainOf(block)];
    one.unregister(block);
    void two.call("up", 1);
    expect(log).toEqual(["a up 1"]);
  });

  test("are undone by what register() returns, once", () => {
    const chain = chainOf();
    const undo = chain.register(recorder([], "a"));
    undo();
    expect(chain.isEmpty()).toBe(true);
    expect(undo).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });

  test("have no effect when the block is none", () => {
    const chain = chainOf();
    expect(() => chain.register({} as Block)).toThrow(TypeError);
    expect(() => chain.register({ ...recorder([], "a"), priority: 0.5 })).toThrow(RangeError);
    expect(chain.isEmpty()).toBe(true);
  });
});

describe("callRobust()", () => {
  test("tells those before the one that refused, in the same order, and returns the refusal", () => {
    const log: string[] = [];
    const chain = chainOf(
      recorder(log, "a"),
      recorder(log, "b"),
      recorder(log, "c", 0x8002),
      recorder(log, "d"),
    );
    expect(chain.callRobust("up", "down", 1)).toBe(0x8002);
    expect(log).toEqual(["a up 1", "b up 1", "c up 1", "a down 1", "b down 1"]);
  });

  test("rolls nothing back when the first refuses, nor when nobody does", () => {
    const log: string[] = [];
    expect(chainOf(recorder(log, "a", 0x8001)).callRobust("up", "down", 1)).toBe(0x8001);
    expect(chainOf(recorder(log, "b", 1)).callRobust("up", "down", 1)).toBe(1);
    expect(chainOf().callRobust("up", "down", 1)).toBe(0);
    expect(log).toEqual(["a up 1", "b up 1"]);
  });

  test("ends the roll-back at a stop, and still returns the result of the way up", () => {
    const log: string[] = [];
    const stubborn: Block = {
      call(action) {
        log.push(`stubborn ${action}`);
        return action === "down" ? 0x8001 : 1;
      },
    };
    const chain = chainOf(stubborn, recorder(log, "b"), recorder(log, "c", 0x8002));
    expect(chain.callRobust("up", "down", 1)).toBe(0x8002);
    expect(log).toEqual(["stubborn up", "b up 1", "c up 1", "stubborn down"]);
  });

  test("throws the errors of both ways together, after the roll-back", () => {
    const log: string[] = [];
    const chain = chainOf(
      {
        name: "a",
        call(action) {
          throw new Error(action);
        },
      },
      recorder(log, "b"),
      recorder(log, "c", 0x8002),
    );
    expect(() => chain.callRobust("up", "down", 1)).toThrow(
      expect.objectContaining({
        message: '2 errors on raw chain: "a", "a"',
        errors: [new Error("up"), new Error("down")],
      }),
    );
    expect(log).toEqual(["b up 1", "c up 1", "b down 1"]);
  });
});

describe("with callbacks that sleep", () => {
  test("call() goes on behind each promise and resolves with the last answer", async () => {
    const log: string[] = [];
    const chain = chainOf(
      recorder(log, "a"),
      {
        async call() {
          await Promise.resolve();
          log.push("b woke");
          return 2;
        },
      },
      recorder(log, "c", 3),
    );
    const result = chain.call("up", 1);
    expect(log).toEqual(["a up 1"]);
    expect(await result).toBe(3);
    expect(log).toEqual(["a up 1", "b woke", "c up 1"]);
  });

  test("settled() waits for the calls that began before", async () => {
    const sleep = gate();
    const chain = chainOf({ call: () => sleep.opened });
    const order: string[] = [];
    const over = [
      chain.settled().then(() => order.push("settled before any call")),
      Promise.resolve(chain.call("up", 1)).then(() => order.push("call over")),
      chain.settled().then(() => order.push("settled")),
    ];
    await nextTurn();
    expect(order).toEqual(["settled before any call"]);
    sleep.open();
    await Promise.all(over);
    expect(order.toSorted()).toEqual(["call over", "settled", "settled before any call"]);
  });
});

test("a chain refuses options of the wrong type", () => {
  expect(() => new RawNotifierChain({ name: 5 as never })).toThrow(
    new TypeError("name of a raw chain must be a string, got 5"),
  );
  expect(() => new RawNotifierChain({ onError: "log" as never })).toThrow(
    new TypeError("onError of a raw chain must be a function, got log"),
  );
});
