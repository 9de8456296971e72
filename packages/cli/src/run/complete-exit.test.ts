import type { ExitEvent } from "@task-watchers/chain";
import { expect, test } from "vitest";
import { completeExit } from "./complete-exit.ts";

const UNKNOWN: ExitEvent = {
  type: "exit",
  timeNs: 5n,
  durationNs: 3n,
  status: { missing: "unknown" },
};

test("an exit without a status gets the code or the signal that its parent was told", () => {
  const known = { type: "exit", timeNs: 5n, durationNs: 3n };
  expect(completeExit(UNKNOWN, { code: 0 })).toEqual({ ...known, code: 0 });
  expect(completeExit(UNKNOWN, { signal: "SIGKILL" })).toEqual({ ...known, signal: 9 });
});

test("it stays unknown where its parent knows no more", () => {
  expect(completeExit(UNKNOWN, {})).toBe(UNKNOWN);
  expect(completeExit(UNKNOWN, { signal: "SIGNONE" })).toBe(UNKNOWN);
});

test("what the kernel told stays", () => {
  const told: ExitEvent = { type: "exit", timeNs: 5n, code: 3 };
  expect(completeExit(told, { code: 4 })).toBe(told);
});
