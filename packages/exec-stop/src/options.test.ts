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

test("checkSpawn() gives our streams, environment and directory by default", () => {
  const { stdio, env, cwd } = checkSpawn("a", [], {});
  expect({ stdio, env, cwd }).toEqual({
    stdio: [0, 1, 2],
    env: { ...process.env },
    cwd: process.cwd(),
  });
});
