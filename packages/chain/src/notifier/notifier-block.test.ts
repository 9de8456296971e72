import { expect, test } from "vitest";
import { type NotifierBlock, checkBlock } from "./notifier-block.ts";

function check(block: unknown): void {
  checkBlock(block as NotifierBlock<never, never, unknown>);
}

const call = (): void => {};

test.each([
  [{ call }],
  [{ call, name: "a", priority: -5 }],
  [{ call, priority: Number.MAX_SAFE_INTEGER }],
  [Object.freeze({ call })],
  [{ call, name: undefined, priority: undefined }],
])("checkBlock() accepts %o", (block) => {
  expect(() => check(block)).not.toThrow();
});

test.each([
  [null, new TypeError("a notifier block must be an object, got null")],
  [undefined, new TypeError("a notifier block must be an object, got undefined")],
  [{ name: "a" }, new TypeError('call of block "a" must be a function, got undefined')],
  [{ call: 1 }, new TypeError("call of block (unnamed) must be a function, got 1")],
  [{ call, name: 7 }, new TypeError("name of a notifier block must be a string, got 7")],
  [{ call, priority: "1" }, new TypeError("priority of block (unnamed) must be a number, got 1")],
  [
    { call, name: "a", priority: 0.5 },
    new RangeError('priority of block "a" must be a safe integer, got 0.5'),
  ],
  [
    { call, name: "a", priority: Infinity },
    new RangeError('priority of block "a" must be a safe integer, got Infinity'),
  ],
])("checkBlock() refuses %o", (block, error) => {
  expect(() => check(block)).toThrow(error);
});
