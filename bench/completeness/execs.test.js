// @ts-check
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { execsByProcess, isSameExec, multisetDifferences } from "./execs.js";
import { execsOfStrace } from "./strace.js";

describe("execsOfStrace", () => {
  it("gives the execs that were made, also those told of in two lines", () => {
    const log = String.raw`
10    execve("/bin/sh", ["sh", "-c", "a \"b\"\n\303\251, x]"], 0x7ffc /* 3 vars */) = 0
11    execve("/no", ["no"], 0x7ffc /* 3 vars */) = -1 ENOENT (No such file or directory)
11    execve("/bin/p", ["p"], 0x7ffc /* 3 vars */ <unfinished ...>
10    execve("/bin/q", [], 0x7ffc /* 3 vars */) = 0
11    <... execve resumed>)             = 0
`;
    expect(execsOfStrace(log)).toEqual([["sh", "-c", 'a "b"\né, x]'], [], ["p"]]);
  });
});

describe("execsByProcess", () => {
  it("leaves out what did not come, and marks what has no arguments", () => {
    const lines = [
      { type: "exec", pid: 1, timeNs: "1", exe: "/a", argv: ["a"] },
      { type: "exec", pid: 1, timeNs: "2", exe: "/b", argv: ["b"] },
      { type: "exec-failed", pid: 1, timeNs: "2", raised: true },
      { type: "exec", pid: 1, timeNs: "3", exe: "/c", argv: ["c"], argvTruncatedBytes: 9 },
    ];
    expect([...execsByProcess(lines)]).toEqual([
      [
        1,
        [
          { exe: "/a", argv: ["a"] },
          { exe: "/c", argv: ["(arguments missing)"] },
        ],
      ],
    ]);
  });
});

describe("isSameExec", () => {
  it("takes a script for what its interpreter was given", () => {
    const script = join(mkdtempSync(join(tmpdir(), "bench-execs-")), "script");
    onTestFinished(() => rmSync(dirname(script), { recursive: true }));
    writeFileSync(script, "#! /bin/sh -e -u\nexit\n");
    const called = { exe: script, argv: ["script", "a"] };
    const done = (/** @type {string[]} */ ...argv) => ({ exe: "/bin/sh", argv });
    expect(isSameExec(called, done("/bin/sh", "-e -u", script, "a"))).toBe(true);
    expect(isSameExec(called, done("/bin/sh", "-e -u", script, "b"))).toBe(false);
    expect(isSameExec(called, undefined)).toBe(false);
  });
});

describe("multisetDifferences", () => {
  it("says how often each has what the other has not as often", () => {
    expect(multisetDifferences(["a", "b", "b"], ["b", "a", "c"])).toEqual([
      ["b", 2, 1],
      ["c", 0, 1],
    ]);
  });
});
