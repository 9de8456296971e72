import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseLine } from "./reader.ts";
import { formatLine } from "./writer.ts";

test("formatLine() writes one object, one newline", () => {
  expect(formatLine({ type: "clone", pid: 5 })).toBe('{"type":"clone","pid":5}\n');
});

test("formatLine() writes a bigint as a decimal string", () => {
  expect(formatLine({ type: "x", n: 2n ** 64n - 1n })).toBe(
    '{"type":"x","n":"18446744073709551615"}\n',
  );
});

test("formatLine() keeps bytes that are no UTF-8 as escaped lone surrogates", () => {
  expect(formatLine({ type: "x", argv: ["\udcff\udcfe"] })).toBe(
    '{"type":"x","argv":["\\udcff\\udcfe"]}\n',
  );
});

test("formatLine() leaves nothing that a terminal acts upon or that ends a line", () => {
  const hostile =
    "a\nb\r\u001b[31m\u009b31m\u007f\u2028\u2029\u202e\u2066\ufeff\u200b\u200d\u2060\u2065\u206f";
  const line = formatLine({ type: "x", comm: hostile });
  expect(line.slice(0, -1)).toMatch(/^[\u0020-\u007e]*$/u);
  expect(parseLine(line)).toEqual({ type: "x", comm: hostile });
});

test("formatLine() and parseLine() give back any text, and one line only", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "binary" })),
      fc.array(fc.integer({ min: 0xdc80, max: 0xdcff })),
      (words, bytes) => {
        const argv = [...words, String.fromCharCode(...bytes)];
        const line = formatLine({ type: "exec", argv });
        expect(line.indexOf("\n")).toBe(line.length - 1);
        expect(parseLine(line)).toEqual({ type: "exec", argv });
      },
    ),
  );
});
