import { expect, test } from "vitest";
import { checkWatchOptions, type WatchOptions } from "./watch-options.ts";

test.each([
  [{ mask: -1 }, "mask must be a boolean, got number -1"],
  [{ threads: "yes" }, 'threads must be a boolean, got string "yes"'],
  [{ onLost: true }, "onLost must be a function, got boolean true"],
  [{ recieveBufferBytes: 1 }, 'there is no option "recieveBufferBytes"; there are scope, threads'],
  [{ scope: "some" }, 'scope must be "all" or "followed", got "some"'],
])("watchTasks() refuses %j by name", (options, message) => {
  expect(() => checkWatchOptions(options as unknown as WatchOptions)).toThrow(message);
});

test("watchTasks() takes options that are left undefined", () => {
  checkWatchOptions({
    mask: true,
    threads: undefined,
    onLine: () => {},
  } as unknown as WatchOptions);
});
