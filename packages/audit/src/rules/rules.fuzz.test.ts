import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeRule, encodeRule } from "./codec.ts";
import { formatRule } from "./format.ts";
import { parseRule } from "./parse.ts";
import { anyRule, names } from "./rule.fixture.ts";
import { quoteWord, splitWords } from "./words.ts";

test("decodeRule() gives back what encodeRule() made, and encodeRule() its bytes", () => {
  fc.assert(
    fc.property(anyRule, (rule) => {
      const bytes = encodeRule(rule);
      expect(decodeRule(bytes)).toEqual(rule);
      expect(encodeRule(decodeRule(bytes))).toEqual(bytes);
    }),
  );
});

test("parseRule() gives back what formatRule() wrote", () => {
  fc.assert(
    fc.property(anyRule, (rule) => {
      const text = formatRule(rule, names);
      expect(parseRule(text, names), text).toEqual({ rule, prepend: false });
    }),
  );
});

test("decodeRule() makes of any bytes a rule or a RangeError", () => {
  const bytes = fc.uint8Array({ minLength: 0, maxLength: 1200 });
  fc.assert(fc.property(bytes, (data) => isRuleOrRangeError(data)));
  // Nearly right: one byte of a rule is another.
  fc.assert(
    fc.property(anyRule, fc.nat(1039), fc.integer({ min: 0, max: 255 }), (rule, at, byte) => {
      const data = encodeRule(rule);
      data[at] = byte;
      isRuleOrRangeError(data);
    }),
  );
});

test("decodeRule() refuses every rule that is cut off", () => {
  const bytes = encodeRule({
    list: "exit",
    action: "always",
    syscalls: [59],
    fields: [{ field: "key", operator: "=", value: "abc" }],
  });
  for (let length = 0; length < bytes.byteLength; length++) {
    expect(() => decodeRule(bytes.subarray(0, length))).toThrow(/Cannot decode.*need/u);
  }
});

test("parseRule() makes of any text a rule or an error that says so", () => {
  const part = fc.constantFrom(
    "-a",
    "-w",
    "-F",
    "-S",
    "-k",
    "always,exit",
    "uid=0",
    "'",
    "\\",
    " ",
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(part).map((parts) => parts.join(" ")),
  );
  fc.assert(
    fc.property(text, (line) => {
      try {
        parseRule(line, names);
      } catch (error) {
        expect(error instanceof SyntaxError || error instanceof RangeError, String(error)).toBe(
          true,
        );
      }
    }),
  );
});

test("splitWords() gives back the words that quoteWord() wrote", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      expect(splitWords(words.map(quoteWord).join(" "))).toEqual(words);
    }),
  );
});

function isRuleOrRangeError(data: Uint8Array): void {
  try {
    decodeRule(data);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
  }
}
