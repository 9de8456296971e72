import { expect, test } from "vitest";
import { parseDelaysArguments } from "./delays-arguments.ts";

test("parseDelaysArguments() takes what is given, and sensible defaults", () => {
  expect(
    parseDelaysArguments(["-p", "1,2", "-i", "500ms", "-n", "3", "-s", "io", "--json"]),
  ).toEqual({
    pids: [1, 2],
    intervalMs: 500,
    count: 3,
    sort: "io",
    json: true,
    lines: false,
    enableDelayacct: false,
    help: false,
  });
  expect(parseDelaysArguments(["-p", "1"])).toMatchObject({ intervalMs: 1000, sort: "wait" });
});

test.each([
  [[], "say which processes: --pid N"],
  [["-p", "x"], '--pid must be a whole number, got "x"'],
  [["-p", "0"], '--pid must be a process id, got "0"'],
  [["-p", "1", "-i", "1ms"], '--interval must be 50ms or more, got "1ms"'],
  [["-p", "1", "-i", "25d"], "--interval must be a time such as"],
  [["-p", "1", "-n", "0"], '--count must be 1 or more, got "0"'],
  [["-p", "1", "-s", "name"], '--sort must be one of wait, cpu, io, memory, pid, got "name"'],
])("parseDelaysArguments(%j) says what is wrong", (args, message) => {
  expect(() => parseDelaysArguments(args)).toThrow(message);
});
