import { expect, test } from "vitest";
import { parseSlotArguments } from "./slot-arguments.ts";

test("parseSlotArguments() takes options before and after the name, and the command's own as they are", () => {
  const wanted = { name: "encode", count: 4, timeoutMs: 1500, command: ["ffmpeg", "-n", "2"] };
  for (const args of [
    ["encode", "--count", "4", "-t", "1.5", "--", "ffmpeg", "-n", "2"],
    ["--count", "4", "-t", "1.5", "encode", "ffmpeg", "-n", "2"],
    ["-n", "4", "encode", "--timeout=1.5s", "ffmpeg", "-n", "2"],
  ]) {
    expect(parseSlotArguments(args)).toMatchObject(wanted);
  }
  expect(parseSlotArguments(["--list", "encode", "--json"])).toMatchObject({
    list: true,
    name: "encode",
    json: true,
    command: [],
  });
});

test.each([
  [[], "say which slots"],
  [["encode"], "say how many slots"],
  [["encode", "-n", "0", "true"], '--count must be 1 or more, got "0"'],
  [["encode", "-n", "x", "true"], '--count must be a whole number, got "x"'],
  [["encode", "-n", "2"], "no command given"],
  [["encode", "-n", "2", "-t", "soon", "true"], "--timeout must be a time"],
  [["--list", "encode", "true"], '--list runs no command, got "true"'],
])("parseSlotArguments(%j) says what is wrong", (args, message) => {
  expect(() => parseSlotArguments(args)).toThrow(message);
});
