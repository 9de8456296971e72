import { describe, expect, test } from "vitest";
import { BlockingNotifierChain } from "./blocking-notifier-chain.ts";
import type { NotifierBlock } from "./notifier-block.ts";

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

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const mark = (): void => {
    settled = true;
  };
  promise.then(mark, mark);
  await nextTurn();
  return settled;
}

function recorder(
  log: string[],
  name: string,
  answer?: () => Promise<number | void> | void,
): Block {
  return {
    name,
    call(action) {
      log.push(`${name} ${action}`);
      return answer?.();
    },
  };
}

describe("call()", () => {
  test("answers synchronously until a callback answers with a promise", async () => {
    const chain = new BlockingNotifierChain<string, number>();
    chain.register({ call: () => 3 });
    expect(chain.call("up", 1)).toBe(3);
    chain.register({ call: () => Promise.resolve(4) });
    const result = chain.call("up", 1);
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toBe(4);
  });

  test("visits the blocks it began with, whatever its callbacks change", async () => {
    const log: string[] = [];
    const chain = new BlockingNotifierChain<string, number>();
    const gone = recorder(log, "gone");
    const late = recorder(log, "late");
    let changed = false;
    chain.register(
      recorder(log, "a", () => {
        if (!changed) {
          changed = true;
          void chain.unregister(gone);
          chain.register(late);
        }
      }),
    );
    chain.register(gone);
    void chain.call("up", 1);
    expect(log).toEqual(["a up", "gone up"]);
    void chain.call("again", 1);
    expect(log.slice(2)).toEqual(["a again", "late again"]);
  });

  test("while asleep visits the blocks it began with, and other calls the new ones", async () => {
    const log: string[] = [];
    const chain = new BlockingNotifierChain<string, number>();
    const sleep = gate();
    chain.register({
      call(action) {
        return action === "slow" ? sleep.opened : undefined;
      },
    });
    const old = recorder(log, "old");
    chain.register(old);
    const slow = chain.call("slow", 1);
    void chain.unregister(old);
    chain.register(recorder(log, "new"));
    void chain.call("quick", 1);
    sleep.open();
    await slow;
    expect(log).toEqual(["new quick", "old slow"]);
  });

  test("may be made from inside a callback", () => {
    const log: string[] = [];
    const chain = new BlockingNotifierChain<string, number>();
    chain.register({
      call(action) {
        log.push(`a ${action}`);
        if (action === "outer") {
          void chain.call("inner", 1);
        }
      },
    });
    chain.register(recorder(log, "b"));
    void chain.call("outer", 1);
    expect(log).toEqual(["a outer", "a inner", "b inner", "b outer"]);
  });
});

describe("unregister()", () => {
  test("resolves when the calls that began before are over", async () => {
    const sleep = gate();
    const chain = new BlockingNotifierChain<string, number>();
    const block: Block = { call: () => sleep.opened };
    chain.register(block);
    const call = chain.call("up", 1);
    const over = chain.unregister(block);
    expect(chain.isEmpty()).toBe(true);
    expect(await isSettled(over)).toBe(false);
    sleep.open();
    await call;
    expect(await isSettled(over)).toBe(true);
  });

  test("does not wait for calls that begin after it, not even in the same turn", async () => {
    const never = gate();
    const chain = new BlockingNotifierChain<string, number>();
    const block = recorder([], "a");
    chain.register(block);
    chain.register({ call: () => never.opened });
    const over = chain.unregister(block);
    void chain.call("up", 1);
    expect(await isSettled(over)).toBe(true);
  });

  test("stays pending while a callback never wakes, and everybody else goes on", async () => {
    const log: string[] = [];
    const chain = new BlockingNotifierChain<string, number>();
    const stuck: Block = { call: () => gate().opened };
    chain.register(stuck);
    chain.register(recorder(log, "b"));
    const call = Promise.resolve(chain.call("first", 1));
    const over = chain.unregister(stuck);
    expect(chain.call("second", 1)).toBe(0);
    expect(await isSettled(over)).toBe(false);
    expect(await isSettled(call)).toBe(false);
    expect(log).toEqual(["b second"]);
  });

  test("from inside a callback waits for that very call, which later sleeps in the block", async () => {
    const sleep = gate();
    const order: string[] = [];
    const chain = new BlockingNotifierChain<string, number>();
    const next: Block = {
      async call() {
        await sleep.opened;
        order.push("left the block");
      },
    };
    chain.register({
      call: () => void chain.unregister(next).then(() => order.push("unregistered")),
    });
    chain.register(next);
    const call = chain.call("up", 1);
    await nextTurn();
    expect(order).toEqual([]);
    sleep.open();
    await call;
    await nextTurn();
    expect(order).toEqual(["left the block", "unregistered"]);
  });

  test("waits for itself when a callback waits for it", async () => {
    const chain = new BlockingNotifierChain<string, number>();
    const self: Block = { call: () => chain.unregister(self) };
    chain.register(self);
    expect(await isSettled(Promise.resolve(chain.call("up", 1)))).toBe(false);
  });

  test("rejects with ENOENT for a stranger", async () => {
    const chain = new BlockingNotifierChain<string, number>({ name: "x" });
    await expect(chain.unregister(recorder([], "a"))).rejects.toThrow(
      'ENOENT: block "a" is not on blocking chain "x"',
    );
  });

  test("is what register() returns", async () => {
    const chain = new BlockingNotifierChain<string, number>();
    await chain.register(recorder([], "a"))();
    expect(chain.isEmpty()).toBe(true);
  });
});

test("registerUniquePriority() refuses a taken priority, and tells a member first", () => {
  const chain = new BlockingNotifierChain<string, number>();
  const member = recorder([], "a");
  chain.registerUniquePriority(member);
  expect(() => chain.registerUniquePriority(member)).toThrow("EEXIST");
  expect(() => chain.registerUniquePriority(recorder([], "b"))).toThrow("EBUSY");
  expect(() => chain.register(member)).toThrow("EEXIST");
});

describe("callRobust()", () => {
  test("is synchronous while nobody sleeps", () => {
    const log: string[] = [];
    const chain = new BlockingNotifierChain<string, number>();
    chain.register(recorder(log, "a"));
    chain.register({ call: () => 0x8002 });
    expect(chain.callRobust("up", "down", 1)).toBe(0x8002);
    expect(log).toEqual(["a up", "a down"]);
  });

  test("rolls back in the same order behind every promise", async () => {
    const log: string[] = [];
    const chain = new BlockingNotifierChain<string, number>();
    chain.register(recorder(log, "a", () => Promise.resolve()));
    chain.register(recorder(log, "b"));
    chain.register(recorder(log, "c", () => Promise.resolve(0x8002)));
    chain.register(recorder(log, "d"));
    expect(await chain.callRobust("up", "down", 1)).toBe(0x8002);
    expect(log).toEqual(["a up", "b up", "c up", "a down", "b down"]);
  });

  test("rolls back the version it began with, and holds off unregister() till then", async () => {
    const log: string[] = [];
    const chain = new BlockingNotifierChain<string, number>();
    const sleep = gate();
    const a = recorder(log, "a");
    chain.register(a);
    chain.register({
      async call(action) {
        await sleep.opened;
        return action === "up" ? 0x8002 : 0;
      },
    });
    const call = chain.callRobust("up", "down", 1);
    const over = chain.unregister(a).then(() => log.push("unregistered"));
    sleep.open();
    expect(await call).toBe(0x8002);
    await over;
    expect(log).toEqual(["a up", "a down", "unregistered"]);
  });
});

test("10,000 blocks: registered, called and taken off in a moment", async () => {
  const chain = new BlockingNotifierChain<string, number>();
  let calls = 0;
  const blocks = Array.from({ length: 10_000 }, (_, index) => ({
    priority: index % 3,
    call: () => {
      calls += 1;
    },
  }));
  for (const block of blocks) {
    chain.register(block);
  }
  void chain.call("up", 1);
  expect(calls).toBe(10_000);
  await Promise.all(blocks.map((block) => chain.unregister(block)));
  expect(chain.isEmpty()).toBe(true);
});
