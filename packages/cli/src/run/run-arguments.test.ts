import { expect, test } from "vitest";
import { parseRunArguments } from "./run-arguments.ts";

test("parseRunArguments() leaves the command's own options alone", () => {
  expect(parseRunArguments(["ls", "-la", "--json"]).command).toEqual(["ls", "-la", "--json"]);
  expect(parseRunArguments(["--live", "--", "-x", "--live"])).toMatchObject({
    command: ["-x", "--live"],
    live: true,
  });
  expect(parseRunArguments(["--json", "out", "make", "--", "all"])).toMatchObject({
    command: ["make", "--", "all"],
    json: "out",
  });
});

test("parseRunArguments() takes a list of watchers, given once or several times", () => {
  const { watchers } = parseRunArguments(["--with", "a,b", "--with=./c.js", "true"]);
  expect(watchers).toEqual({ names: ["a", "b", "./c.js"], enableDelayacct: false });
});

test("parseRunArguments() waits, shows 100 lines and no threads unless told otherwise", () => {
  expect(parseRunArguments(["true"])).toEqual({
    command: ["true"],
    json: undefined,
    watchers: { names: [], enableDelayacct: false },
    nodePerfMaps: false,
    live: false,
    quiet: false,
    wait: true,
    threads: false,
    maxTasks: 100,
    receiveBufferBytes: undefined,
    help: false,
  });
});

test("parseRunArguments() names what is wrong and what would be right", () => {
  expect(() => parseRunArguments([])).toThrow(/no command given.*task-watchers run -- make/u);
  expect(() => parseRunArguments(["--jason", "x"])).toThrow(/--jason/u);
  expect(() => parseRunArguments(["--max-tasks", "many", "true"])).toThrow(
    '--max-tasks must be a whole number, got "many"',
  );
  expect(() => parseRunArguments(["--max-tasks=-1", "true"])).toThrow(/whole number/u);
  expect(() => parseRunArguments(["--json="])).toThrow(/no command|--json/u);
  expect(() => parseRunArguments(["--json", "--", "true"])).toThrow(/--json/u);
});

test("parseRunArguments() gives help without a command", () => {
  expect(parseRunArguments(["--help"]).help).toBe(true);
});

test("parseRunArguments() takes --node-perf-maps for a wish to profile", () => {
  const { watchers, nodePerfMaps } = parseRunArguments(["--node-perf-maps", "node", "x.js"]);
  expect(nodePerfMaps).toBe(true);
  expect(watchers.names).toEqual(["profile"]);
});
