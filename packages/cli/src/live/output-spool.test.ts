import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OutputSpool } from "./output-spool.ts";

let folder = "";
let terminal = 0;
let spool: OutputSpool;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spool-"));
  terminal = openSync(join(folder, "terminal"), "w");
  spool = new OutputSpool(terminal);
});

afterEach(() => {
  spool.close();
  closeSync(terminal);
  rmSync(folder, { recursive: true });
});

function write(text: string | Uint8Array): void {
  writeSync(spool.descriptor, Buffer.from(text));
}

describe("OutputSpool", () => {
  test("has the latest lines without what a terminal acts upon", () => {
    write("one\n\u001b[31mred\u001b[0m\n10 %\r50 %\r100 %\r\n\u001b]0;owned\u0007title\n");
    write("\ttab\u202e\nunfinished");
    expect(spool.lines()).toEqual([
      ...["one", "red", "100 %", "title"],
      String.raw`    tab\u202e`,
      "unfinished",
    ]);
  });

  test("has the end of a long output, from the beginning of a line", () => {
    for (let i = 0; i < 10_000; i++) write(`line ${i}\n`);
    const lines = spool.lines();
    expect(lines.at(-1)).toBe("line 9999");
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.every((line) => /^line \d+$/u.test(line))).toBe(true);
  });

  test("writes each byte to the terminal once, as it was", () => {
    const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) % 256);
    write(bytes.subarray(0, 90_001));
    spool.replay();
    spool.replay();
    write(bytes.subarray(90_001));
    spool.replay();
    expect(readFileSync(join(folder, "terminal")).equals(bytes)).toBe(true);
  });
});
