import { expect, test } from "vitest";
import {
  newTraceReport,
  parseLine,
  type ReadOptions,
  readTrace,
  TraceSchemaError,
} from "./reader.ts";
import { formatLine } from "./writer.ts";

const LINES = [
  { type: "header", schema: 1, host: "höst" },
  { type: "init", timeNs: "1", task: "5.1", pid: 5 },
  { type: "delays", fromAWatcher: [1, 2, 3] },
  { type: "summary", timeNs: "2" },
];
const TEXT = LINES.map(formatLine).join("");
const BYTES = new TextEncoder().encode(TEXT);

async function read(chunks: Iterable<Uint8Array | string>, options?: ReadOptions) {
  const report = newTraceReport();
  const lines = [];
  for await (const line of readTrace(chunks, report, options)) lines.push(line);
  return { lines, report };
}

test("readTrace() yields every line, unknown types too", async () => {
  const { lines, report } = await read([BYTES]);
  expect(lines).toEqual(LINES);
  expect(report).toEqual({
    lines: 4,
    malformed: 0,
    cutOffCharacters: 0,
    complete: true,
    headerless: false,
  });
});

test("readTrace() does not care where chunks end", async () => {
  for (const size of [1, 2, 7, 64]) {
    const chunks = [];
    for (let at = 0; at < BYTES.length; at += size) chunks.push(BYTES.subarray(at, at + size));
    expect((await read(chunks)).lines).toEqual(LINES);
  }
});

test("readTrace() reads a trace cut off anywhere up to there, and says so", async () => {
  for (let end = 0; end < BYTES.length; end++) {
    const { lines, report } = await read([BYTES.subarray(0, end)]);
    expect(lines).toEqual(LINES.slice(0, lines.length));
    expect(report.complete).toBe(lines.length === 4);
    expect(report.malformed).toBe(0);
    // All is there but what follows the last whole line.
    const whole = LINES.slice(0, lines.length).map(formatLine).join("");
    const left = new TextDecoder().decode(BYTES.subarray(0, end)).length - whole.length;
    expect(report.cutOffCharacters).toBe(Math.max(0, left));
  }
});

test("readTrace() passes over lines that are no objects with a type, and counts them", async () => {
  const { lines, report } = await read([
    '{"type":"a"}\n[]\nnull\n12\nnot json\n{"type":5}\n\n{"type":"b"}\n',
  ]);
  expect(lines).toEqual([{ type: "a" }, { type: "b" }]);
  expect(report.malformed).toBe(5);
});

test("readTrace() refuses a later schema, and one that is no number", async () => {
  const message = /schema 2; this reader knows up to 1/u;
  await expect(read(['{"type":"header","schema":2}\n'])).rejects.toThrow(message);
  await expect(read(['{"type":"header"}\n'])).rejects.toBeInstanceOf(TraceSchemaError);
});

test("readTrace() refuses a schema that is no whole number from 1 on", async () => {
  for (const schema of [null, [], [1], true, -5, 0, "", "1", 0.5, {}]) {
    const header = formatLine({ type: "header", schema });
    await expect(read([header]), header).rejects.toBeInstanceOf(TraceSchemaError);
  }
});

test("readTrace() passes over a header that is not the first line", async () => {
  const { lines, report } = await read([
    '{"type":"header","schema":1}\n{"type":"a"}\n{"type":"header","schema":9}\n{"type":"b"}\n',
  ]);
  expect(lines.map((line) => line.type)).toEqual(["header", "a", "b"]);
  expect(report).toMatchObject({ lines: 3, malformed: 1, headerless: false });
});

test("readTrace() reads a trace cut off at the front, and says so", async () => {
  for (const first of ['{"type":"a"}', 'e":"a"}']) {
    const { lines, report } = await read([`${first}\n{"type":"header"}\n{"type":"summary"}\n`]);
    expect(lines.at(-1)).toEqual({ type: "summary" });
    expect(report).toMatchObject({ headerless: true, complete: true });
    expect(report.lines + report.malformed).toBe(3);
  }
});

test("readTrace() does not call a trace complete when something follows its summary", async () => {
  for (const after of ['{"type":"exit"}\n', "not json\n", '{"type":"ex', '{"type":"exit"}']) {
    const { report } = await read([`{"type":"summary"}\n${after}`]);
    expect(report.complete, after).toBe(false);
  }
});

test("readTrace() passes over a line that is too long, wherever chunks end", async () => {
  const long = formatLine({ type: "x", text: "y".repeat(50) });
  const text = `{"type":"a"}\n${long}{"type":"b"}\n${long.slice(0, -1)}`;
  for (let size = 1; size <= text.length; size++) {
    const chunks = [];
    for (let at = 0; at < text.length; at += size) chunks.push(text.slice(at, at + size));
    const { lines, report } = await read(chunks, { maxLineCharacters: 40 });
    expect(lines).toEqual([{ type: "a" }, { type: "b" }]);
    expect(report).toMatchObject({ malformed: 1, cutOffCharacters: long.length - 1 });
  }
});

test("readTrace() holds a line of just the length that it may", async () => {
  const line = '{"type":"a"}';
  const exact = { maxLineCharacters: line.length };
  expect((await read([`${line}\n${line}`], exact)).report.lines).toBe(2);
  const less = { maxLineCharacters: line.length - 1 };
  expect((await read([`${line}\n${line}`], less)).report).toMatchObject({
    lines: 0,
    malformed: 1,
    cutOffCharacters: line.length,
  });
});

test("readTrace() passes over more than a string can hold", async () => {
  const chunk = "x".repeat(8_388_608);
  const { report } = await read([...Array.from({ length: 70 }, () => chunk), '\n{"type":"b"}\n']);
  expect(report).toMatchObject({ lines: 1, malformed: 1, cutOffCharacters: 0 });
});

test("parseLine() lets no key reach the prototype", () => {
  const line = parseLine('{"type":"x","__proto__":{"polluted":true}}');
  expect(line?.["polluted"]).toBeUndefined();
  expect({}).not.toHaveProperty("polluted");
});
