import { expect, test } from "vitest";
import { openExecStop } from "./open-exec-stop.ts";
import { checkOptions } from "./options.ts";
import { checkSpawn } from "./spawn-options.ts";

const onExec = (): void => {};

test("openExecStop() refuses bad options by name, before anything happens", async () => {
  const bad = [
    [{ onExec: 1 }, "onExec must be a function, got number"],
    [{ onExec, onOutcome: "x" }, "onOutcome must be a function, got string"],
    [{ onExec, deadlineMs: 0 }, "deadlineMs must be a whole number from 1 to 2147483647, got 0"],
    [{ onExec, deadlineMs: 2 ** 31 }, "got 2147483648"],
    [{ onExec, argumentBytes: 1.5 }, "argumentBytes must be"],
    [{ onExec, totalBytes: -1 }, "totalBytes must be"],
    [{ onExec, guards: ["dog"] }, 'guards must be a list of "program" and "node", got dog'],
    [{ onExec, thread: {} }, "thread must be what beginExecThread() returned"],
  ] as const;
  for (const [options, message] of bad) {
    await expect(openExecStop(options as never)).rejects.toThrow(message);
  }
});

test("checkOptions() keeps whole arguments by default", () => {
  expect(checkOptions({ onExec })).toMatchObject({
    deadlineMs: 2000,
    limits: { perString: 131_072, total: 2_097_152 },
    guards: ["program", "node"],
  });
});

test("checkSpawn() refuses what spawn would take for something else", () => {
  expect(() => checkSpawn("", [], {})).toThrow("file must not be empty");
  expect(() => checkSpawn("a\0b", [], {})).toThrow('file must not hold a NUL: "a\\u0000b"');
  expect(() => checkSpawn("a", [1 as never], {})).toThrow("args[0] must be a string, got number");
  expect(() => checkSpawn("a", [], { stdio: ["pipe" as never] })).toThrow(
    'stdio[0] must be a descriptor or "ignore", got "pipe"',
  );
});

test("checkSpawn() refuses text that is not what it would pass on", () => {
  expect(() => checkSpawn("a", ["caf\udce9"], {})).toThrow(
    String.raw`args[0] must be text that UTF-8 can hold, got "caf\udce9"`,
  );
  expect(() => checkSpawn("a", [], { env: { A: "\udcff" } })).toThrow("env.A must be text");
});

test("checkSpawn() gives our streams and environment by default, and leaves our directory to be inherited", () => {
  const checked = checkSpawn("a", [], {});
  expect(checked).toMatchObject({ stdio: [0, 1, 2], env: { ...process.env } });
  expect(checked).not.toHaveProperty("cwd");
});
