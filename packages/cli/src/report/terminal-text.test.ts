import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { commandLine, fit, printable, shellWord, wrapped } from "./terminal-text.ts";

test("printable() escapes controls, DEL, C1, direction marks and bytes that are no UTF-8", () => {
  expect(printable("a\nb\u001b[31mc\u007f\u009b")).toBe("a\\x0ab\\x1b[31mc\\x7f\\u009b");
  expect(printable("\u202eevil\u2066")).toBe("\\u202eevil\\u2066");
  expect(printable("\udcff\udc80")).toBe("\\xff\\x80");
  expect(printable("größe 日本 🎉")).toBe("größe 日本 🎉");
});

test("printable() leaves no character that a terminal acts upon", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(printable(text)).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]/u,
      );
    }),
  );
});

test("shellWord() quotes only where it has to", () => {
  expect(shellWord("make")).toBe("make");
  expect(shellWord("-j8")).toBe("-j8");
  expect(shellWord("")).toBe("''");
  expect(shellWord("exit 7")).toBe("'exit 7'");
  expect(shellWord("it's")).toBe(String.raw`'it'\''s'`);
  expect(shellWord("a\nb'\\")).toBe(String.raw`$'a\x0ab\'\\'`);
});

test("commandLine() can be pasted back into a shell", () => {
  const argv = ["printf", "%s|", "a b", "it's", "$HOME", "*", "a\nb", "\\", "\u001b[31m", "ü", ""];
  const printed = execFileSync("bash", ["-c", commandLine(argv)], { encoding: "utf8" });
  expect(printed).toBe(
    argv
      .slice(2)
      .map((word) => `${word}|`)
      .join(""),
  );
});

test("commandLine() tells a C1 control from the byte of its number", () => {
  expect(shellWord("\u0085")).toBe(String.raw`$'\u0085'`);
  expect(shellWord("\udc85")).toBe(String.raw`$'\x85'`);
  const env = { ...process.env, LC_ALL: "C.UTF-8" };
  const script = commandLine(["printf", "%s", "\u0085\udc85"]);
  const bytes = execFileSync("bash", ["-c", script], { env });
  expect([...bytes]).toEqual([0xc2, 0x85, 0x85]);
});

test("fit() cuts and shows that it did", () => {
  expect(fit("abcdef", 6)).toBe("abcdef");
  expect(fit("abcdef", 4)).toBe("abc…");
});

test("wrapped() breaks between words, and cuts what is longer than a line", () => {
  expect(wrapped("one two three four", 9)).toEqual(["one two", "three", "four"]);
  expect(wrapped(`a ${"x".repeat(20)} b`, 5)).toEqual(["a", "xxxx…", "b"]);
  expect(wrapped("", 5)).toEqual([""]);
});
