// Needs: nothing but Linux.
import { readFileSync } from "node:fs";
import { kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { threadName, touchThreadName } from "./thread-name.ts";

kernelTest("touchThreadName() leaves the name as it is", [], () => {
  const before = readFileSync("/proc/thread-self/comm", "utf8");
  touchThreadName();
  expect(readFileSync("/proc/thread-self/comm", "utf8")).toBe(before);
  expect(before.length).toBeGreaterThan(1);
  expect(`${threadName()}\n`).toBe(before);
});
