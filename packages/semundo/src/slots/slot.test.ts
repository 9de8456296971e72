import { expect, test } from "vitest";
import type { Hold } from "../set/types.ts";
import { HeldSlot } from "./slot.ts";

class FakeHold implements Hold {
  readonly semaphore = 0;
  readonly units = 1;
  released = false;

  release(): void {
    this.released = true;
  }

  [Symbol.dispose](): void {
    this.released = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.released = true;
  }
}

test("a slot is given back even when its record cannot be removed", () => {
  const stuck = (): void => {
    throw new Error("read-only file system");
  };
  const [released, disposed] = [new FakeHold(), new FakeHold()];
  expect(() => new HeldSlot(1, released, stuck).release()).toThrow("read-only file system");
  expect(() => new HeldSlot(1, disposed, stuck)[Symbol.dispose]()).toThrow("read-only file system");
  expect([released.released, disposed.released]).toEqual([true, true]);
});
