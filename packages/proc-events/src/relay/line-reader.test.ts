import { expect, test } from "vitest";
import { LineReader } from "./line-reader.ts";

test("push() puts lines together, whatever the pieces", () => {
  const reader = new LineReader(100);
  const bytes = Buffer.from("grün\n\nab\nrest");
  const lines = [...bytes].flatMap((byte) => reader.push(Buffer.of(byte)));
  expect(lines).toEqual(["grün", "", "ab"]);
  expect(reader.push(Buffer.from("!\nx\ny\n"))).toEqual(["rest!", "x", "y"]);
});

test("push() gives up on a line that is too long, ended or not", () => {
  expect(new LineReader(3).push(Buffer.from("abc\nabcd\n"))).toEqual(["abc", undefined]);
  expect(new LineReader(3).push(Buffer.from("abcd"))).toEqual([undefined]);
});
