import { expect, test } from "vitest";
import type { NotifierBlock } from "./notifier-block.ts";
import { SrcuNotifierChain } from "./srcu-notifier-chain.ts";

type Block = NotifierBlock<string, number>;

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** A chain whose first block sleeps until `wake`, and what the others heard. */
function sleepingChain(): {
  chain: SrcuNotifierChain<string, number>;
  wake: () => void;
  log: string[];
  recorder: (name: string) => Block;
} {
  const log: string[] = [];
  const chain = new SrcuNotifierChain<string, number>();
  const wakers: (() => void)[] = [];
  chain.register({
    priority: 1,
    call: (action) =>
      action === "slow" ? new Promise<void>((resolve) => wakers.push(resolve)) : undefined,
  });
  return {
    chain,
    wake: () => wakers[0]?.(),
    log,
    recorder: (name) => ({ name, call: (action) => void log.push(`${name} ${action}`) }),
  };
}

test("call() walks the live list: a block registered while it sleeps further on is called", async () => {
  const { chain, wake, log, recorder } = sleepingChain();
  chain.register(recorder("held"));
  const call = chain.call("slow", 1);
  chain.register(recorder("late"));
  wake();
  await call;
  expect(log).toEqual(["held slow", "late slow"]);
});

test("call() still calls a block it held when the block was taken off, and goes where that points", async () => {
  const { chain, wake, log, recorder } = sleepingChain();
  const [held, second] = [recorder("held"), recorder("second")];
  chain.register(held);
  chain.register(second);
  const call = chain.call("slow", 1);
  const over = [chain.unregister(held), chain.unregister(second)];
  chain.register(recorder("late"));
  wake();
  await call;
  await Promise.all(over);
  // held still points to second, though both are off; late hangs behind the block that slept.
  expect(log).toEqual(["held slow", "second slow"]);
});

test("unregister() resolves when the calls that began before are over, not the later ones", async () => {
  const { chain, wake, log, recorder } = sleepingChain();
  const block = recorder("a");
  chain.register(block);
  const call = chain.call("slow", 1);
  const over = chain.unregister(block).then(() => log.push("unregistered"));
  void chain.call("slow", 2);
  await nextTurn();
  expect(log).toEqual([]);
  wake();
  await call;
  await over;
  expect(log).toEqual(["a slow", "unregistered"]);
});

test("unregister() rejects with ENOENT for a stranger; register() throws EEXIST for a member", async () => {
  const chain = new SrcuNotifierChain<string, number>({ name: "x" });
  const block: Block = { name: "a", call: () => 0 };
  const undo = chain.register(block);
  expect(() => chain.register(block)).toThrow('EEXIST: block "a" is on srcu chain "x" already');
  expect(chain.isEmpty()).toBe(false);
  await undo();
  expect(chain.isEmpty()).toBe(true);
  await expect(undo()).rejects.toThrow('ENOENT: block "a" is not on srcu chain "x"');
});
