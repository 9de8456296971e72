import { afterEach, beforeEach, expect, test } from "vitest";
import { exitStatusOf } from "./failure.ts";
import { CommandError } from "./run/command-error.ts";
import { standardError } from "./standard-error.ts";
import { UsageError } from "./usage-error.ts";

let told = "";
let undo = (): void => {};

beforeEach(() => {
  told = "";
  undo = standardError.divert((text) => (told += text));
});

afterEach(() => undo());

test("a wrong argument names the help of its command, or the general one where there is none", () => {
  expect(exitStatusOf(new UsageError("--x"), "slot")).toBe(125);
  expect(told).toBe("task-watchers: --x\ntry: task-watchers slot --help\n");
  told = "";
  exitStatusOf(new UsageError("x"), undefined);
  expect(told).toBe("task-watchers: x\ntry: task-watchers --help\n");
});

test("a want of descriptors is called that, wherever it showed", () => {
  const cause = Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" });
  const opened = Object.assign(new Error("no socket", { cause }), { code: "EMFILE" });
  expect(exitStatusOf(opened, "watch")).toBe(125);
  expect(told).toContain("raise ulimit -n");
});

test("a command that could not be started says what would help", () => {
  const cause = new Error("spawn");
  expect(exitStatusOf(new CommandError("make", "EAGAIN", { cause }), "run")).toBe(126);
  expect(told).toBe(
    "task-watchers: make: cannot be run (EAGAIN); no more processes are allowed: raise ulimit -u, or pids.max of the control group\n",
  );
  told = "";
  expect(exitStatusOf(new CommandError("make", "ENOENT", { cause }), "run")).toBe(127);
  expect(told).toBe("task-watchers: make: not found (ENOENT)\n");
});
