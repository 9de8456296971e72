import { expect, test } from "vitest";
import { parseWatchArguments } from "./watch-arguments.ts";

test("parseWatchArguments() makes a filter of the options", () => {
  const args = ["-p", "1,2", "-k", "exec,exit", "-u", "root", "-c", "sh", "--command", "/^cc1/i"];
  expect(parseWatchArguments([...args, "--cgroup", "/a", "--threads"]).filter).toEqual({
    pid: [1, 2],
    kinds: ["exec", "exit"],
    uid: [0],
    command: ["sh", /^cc1/i],
    cgroup: "/a",
    threads: true,
  });
  expect(parseWatchArguments(["-f", "--min-duration", "50ms"]).filter).toEqual({
    failed: true,
    minDurationMs: 50,
  });
  expect(parseWatchArguments([]).filter).toEqual({});
});

test.each([
  [["--pid", "0"], '--pid must be a process id, got "0"'],
  [["--pid", "x"], '--pid must be a whole number, got "x"'],
  [["--kinds", "forks"], '--kinds: there is no "forks"; there are: fork exec'],
  [["--command", "/(/"], "--command /(/: Invalid regular expression"],
  [["--command", "/a/zz"], "--command takes a program's name without its directory"],
  [["--command", "/bin/sh"], "--command takes a program's name without its directory"],
  [["--command", ""], "--command takes a program's name"],
  [["--cgroup", "a"], '--cgroup must begin with "/"'],
  [["--failed", "--kinds", "fork"], "--kinds must include exit"],
  [["--json", ""], "--json needs a file name"],
  [["--connect", ""], "--connect needs the path"],
  [["--connect", "/a", "--with", "b"], "--with loads watchers into this process"],
  [["--for", "x"], "--for must be a time"],
  [["--source", "audit"], '--source must be bpf or connector, got "audit"'],
  [["--source", "bpf", "--connect", "/a"], "with --connect the relay listens"],
  [["--source", "bpf", "--receive-buffer", "1"], "it cannot be set with --source bpf"],
  [["--nonsense"], "Unknown option '--nonsense'"],
  [["word"], "Unexpected argument 'word'"],
])("parseWatchArguments(%j) says what is wrong", (args, message) => {
  expect(() => parseWatchArguments(args)).toThrow(message);
});
