import { expect, test } from "vitest";
import { execsInWords, stoppedInWords } from "./print-execs.ts";

test("execsInWords() says that nothing is missing, and where from", () => {
  expect(execsInWords({ total: 4800, bySource: { stop: 4800 }, missed: {} }, 0)).toBe(
    "execs 4,800, all with their arguments (stop)",
  );
  expect(execsInWords({ total: 3, bySource: { proc: 2, caller: 1 }, missed: {} }, 0)).toBe(
    "execs 3, all with their arguments (proc 2, caller 1)",
  );
  expect(execsInWords({ total: 0, bySource: {}, missed: {} }, 0)).toBe("execs 0");
});

test("execsInWords() says how many are missing, and why", () => {
  const missed = { ENOENT: 2, empty: 1, EACCES: 1 };
  expect(execsInWords({ total: 9, bySource: { proc: 5 }, missed }, 0)).toBe(
    "execs 9, 4 without arguments: 3 it was gone too soon, 1 not permitted (proc)",
  );
  expect(execsInWords({ total: 9, bySource: { proc: 5 }, missed }, 3)).toMatch(
    /; 3 of these told by audit$/u,
  );
});

test("stoppedInWords() names who refused and who was too slow, without raw characters", () => {
  const counters = {
    stopped: 5,
    failed: 2,
    refused: { deny: 1 },
    late: { "s\u001blow": 2 },
    unknown: 1,
  };
  expect(stoppedInWords(counters)).toEqual([
    "1 exec refused by deny",
    String.raw`2 execs went on, s\x1blow had not answered`,
    "1 exec of tasks that were not found",
  ]);
  expect(stoppedInWords(undefined)).toEqual([]);
});
