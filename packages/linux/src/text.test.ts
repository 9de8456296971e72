import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeText, encodeText } from "./text.ts";

describe("decodeText()", () => {
  test("reads UTF-8 as it is", () => {
    expect(decodeText(Buffer.from("grüße 🐧"))).toBe("grüße 🐧");
    expect(decodeText(new Uint8Array(0))).toBe("");
  });

  test.each([
    ["a byte that begins nothing", [0x61, 0xff, 0x62], "a\udcffb"],
    ["a sequence cut off at the end", [0x61, 0xc3], "a\udcc3"],
    ["a sequence cut off by another", [0xe2, 0x82, 0xe2, 0x82, 0xac], "\udce2\udc82€"],
    ["a continuation on its own", [0x80, 0xbf], "\udc80\udcbf"],
    ["an overlong slash", [0xc0, 0xaf], "\udcc0\udcaf"],
    ["a surrogate in UTF-8", [0xed, 0xa0, 0x80], "\udced\udca0\udc80"],
    ["a code point beyond the last", [0xf4, 0x90, 0x80, 0x80], "\udcf4\udc90\udc80\udc80"],
  ])("keeps %s", (_, bytes, text) => {
    expect(decodeText(Uint8Array.from(bytes))).toBe(text);
    expect([...encodeText(text)]).toEqual(bytes);
  });

  test("keeps what a terminal would obey, for others to escape", () => {
    expect(decodeText(Uint8Array.of(0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x00, 0x0a))).toBe(
      "\u001b[31m\0\n",
    );
  });

  test("keeps a byte order mark", () => {
    expect([...encodeText(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0xff)))]).toEqual([
      0xef, 0xbb, 0xbf, 0xff,
    ]);
  });

  test("reads a view into larger memory", () => {
    const memory = Uint8Array.of(0xff, 0x61, 0xff, 0xff);
    expect(decodeText(memory.subarray(1, 3))).toBe("a\udcff");
  });
});

describe("encodeText(), whatever the bytes", () => {
  // Random bytes are rarely UTF-8: pieces of it in between reach the mixed case.
  const pieces = fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc.string({ unit: "binary", maxLength: 8 }).map((text) => Uint8Array.from(Buffer.from(text))),
  );
  const anyBytes = fc
    .array(pieces, { maxLength: 6 })
    .map((list) => Uint8Array.from(list.flatMap((piece) => [...piece])));

  test("gives them back", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect([...encodeText(decodeText(bytes))]).toEqual([...bytes]);
      }),
      { numRuns: 2000 },
    );
  });

  test("gives them back after a trip through JSON and UTF-8", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const line = Buffer.from(JSON.stringify({ text: decodeText(bytes) }), "utf8");
        const { text } = JSON.parse(line.toString("utf8")) as { text: string };
        expect([...encodeText(text)]).toEqual([...bytes]);
      }),
      { numRuns: 2000 },
    );
  });
});
