import { expect, test } from "vitest";
import { entryLine, headerLine, parseEntry, parseHeader } from "./ledger-line.ts";

const ENTRY = {
  process: { pid: 7, startTicks: 99 },
  set: 3,
  adjusts: [
    [0, 1],
    [31_999, -32_768],
  ] as const,
};

test("lines are read as they were written", () => {
  expect(parseEntry(entryLine(ENTRY))).toEqual(ENTRY);
  const header = { lock: 5, world: "boot ipc:[1]" };
  expect(parseHeader(headerLine(header))).toEqual(header);
});

test("a line cut off anywhere says nothing", () => {
  const line = entryLine(ENTRY).trimEnd();
  for (let n = 0; n < line.length; n++) expect(parseEntry(line.slice(0, n))).toBeUndefined();
});

test("lines of another kind say nothing", () => {
  for (const text of [
    "",
    "null",
    "[]",
    "7",
    '{"pid":0,"startTicks":1,"set":1,"adjusts":[]}',
    '{"pid":1,"startTicks":-1,"set":1,"adjusts":[]}',
    '{"pid":1,"startTicks":1,"set":1e99,"adjusts":[]}',
    '{"pid":1,"startTicks":1,"set":1,"adjusts":{}}',
    '{"pid":1,"startTicks":1,"set":1,"adjusts":[[0]]}',
    '{"pid":1,"startTicks":1,"set":1,"adjusts":[[0,32768]]}',
    '{"pid":1,"startTicks":1,"set":1,"adjusts":[[-1,1]]}',
    '{"pid":1,"startTicks":1,"set":1,"adjusts":[[0,1.5]]}',
    '{"__proto__":{"pid":1,"startTicks":1,"set":1,"adjusts":[]}}',
  ]) {
    expect(parseEntry(text), text).toBeUndefined();
  }
  for (const text of [
    "",
    "{}",
    '{"semundo":2,"lock":1,"world":""}',
    '{"semundo":1,"lock":0,"world":""}',
  ]) {
    expect(parseHeader(text), text).toBeUndefined();
  }
});
