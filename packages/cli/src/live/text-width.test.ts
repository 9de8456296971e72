import { assert, integer, property, string } from "fast-check";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { printable } from "../report/terminal-text.ts";
import { inLines, toWidth } from "./text-width.ts";

describe("toWidth()", () => {
  test("fills and cuts by columns, not by characters", () => {
    expect(toWidth("abc", 5)).toBe("abc  ");
    expect(toWidth("abcdef", 5)).toBe("abcd…");
    expect(toWidth("日本語", 6)).toBe("日本語");
    expect(toWidth("日本語", 5)).toBe("日本…");
    expect(toWidth("日本語", 4)).toBe("日… ");
    expect(toWidth("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301…");
    expect(toWidth("abc", 0)).toBe("");
  });

  test("is exactly as wide as asked, whatever the text", () => {
    assert(
      property(string({ unit: "grapheme" }), integer({ min: 1, max: 60 }), (text, columns) => {
        expect(stringWidth(toWidth(printable(text), columns))).toBe(columns);
      }),
    );
  });
});

test("inLines() loses nothing and makes no line too wide", () => {
  assert(
    property(string({ unit: "grapheme" }), integer({ min: 4, max: 40 }), (text, columns) => {
      const lines = inLines(printable(text), columns);
      expect(lines.join("")).toBe(printable(text));
      expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    }),
  );
});
