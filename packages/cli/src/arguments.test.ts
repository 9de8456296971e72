import { expect, test } from "vitest";
import { durationMs, parseOptions, userId, wholeNumber, words } from "./arguments.ts";

test("parseOptions() refuses a second value of an option that takes one", () => {
  const options = { json: { type: "string" }, deny: { type: "string", multiple: true } } as const;
  expect(() => parseOptions(["--json", "a", "--json=b"], options)).toThrow(
    '--json may be given once; here it is "a" and "b": leave one out',
  );
  expect(parseOptions(["--deny", "a", "--deny", "b", "--json", "c"], options)).toEqual({
    deny: ["a", "b"],
    json: "c",
  });
});

test.each([
  ["250ms", 250],
  ["1.5s", 1500],
  ["10", 10_000],
  ["2m", 120_000],
  ["1h", 3_600_000],
])("durationMs() reads %s", (text, ms) => {
  expect(durationMs("--for", text)).toBe(ms);
});

test.each(["", "abc", "-1s", "1d", "1 s", "1e3"])("durationMs() refuses %j", (text) => {
  expect(() => durationMs("--for", text)).toThrow(
    `--for must be a time such as 250ms, 10s or 2m, got "${text}"`,
  );
});

test.each(["", "1.5", "-1", "0x10", "9007199254740993"])("wholeNumber() refuses %j", (text) => {
  expect(() => wholeNumber("--pid", text)).toThrow(`--pid must be a whole number, got "${text}"`);
});

test("words() takes commas and repetition", () => {
  expect(words("--pid", ["a,b", "c,,", ""])).toEqual(["a", "b", "c"]);
  expect(words("--pid", undefined)).toEqual([]);
  expect(() => words("--pid", [","])).toThrow('--pid needs a value, got ","');
});

test("userId() takes a name or a number", () => {
  expect(userId("--uid", "root")).toBe(0);
  expect(userId("--uid", "4242")).toBe(4242);
  expect(() => userId("--uid", "4294967295")).toThrow("must be an id from 0 to 4294967294");
  expect(() => userId("--uid", "no such user")).toThrow('there is no user "no such user"');
});
