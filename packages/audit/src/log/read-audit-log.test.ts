import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuditEvent } from "../assemble/audit-event.ts";
import { execRecords, record } from "../record/kernel-text.fixture.ts";
import { rawLine } from "../trail/raw-line.ts";
import {
  type AuditLogReport,
  newAuditLogReport,
  readAuditLog,
  type ReadAuditLogOptions,
  readAuditLogs,
} from "./read-audit-log.ts";

function exec(serial: number): string {
  return execRecords([Buffer.from("true")], serial)
    .map((one) => rawLine(one).line)
    .join("");
}

async function read(
  source: string | Uint8Array[],
  options: ReadAuditLogOptions = {},
): Promise<{ events: AuditEvent[]; report: AuditLogReport }> {
  const report = newAuditLogReport();
  const events: AuditEvent[] = [];
  for await (const event of readAuditLog(source, { ...options, report })) events.push(event);
  return { events, report };
}

function bytes(text: string): Uint8Array[] {
  return [Buffer.from(text, "latin1")];
}

describe("readAuditLog()", () => {
  test("reads events, whatever pieces their bytes come in", async () => {
    const log = Buffer.from(exec(1) + exec(2), "latin1");
    const whole = await read([log]);
    const single = await read(Array.from(log, (byte) => Uint8Array.of(byte)));
    expect(whole.events.map(({ stamp }) => stamp.serial)).toEqual([1, 2]);
    expect(single).toEqual(whole);
    expect(whole.report).toEqual({
      ...newAuditLogReport(),
      records: 14,
      events: 2,
      lateEnds: 2,
    });
  });

  test("reads lines that end as on another system, and passes over separators", async () => {
    const log = `----\r\ntime->Tue Nov 14 22:13:20 2023\r\n\r\n${exec(1).replaceAll("\n", "\r\n")}`;
    const { events, report } = await read(bytes(log));
    expect(events[0]?.records.at(-1)?.body).not.toContain("\r");
    expect(report).toMatchObject({ malformed: 0, events: 1 });
  });

  test("counts what is no record, and goes on behind it", async () => {
    const junk = `\u0000\u00ff\u001b[31m\ntype=SYSCALL msg=audit(oops)\ntype=CWD msg=audit(1.000:9): ${"x".repeat(70_000)}\n`;
    const { events, report } = await read(bytes(exec(1) + junk + exec(2)));
    expect(events).toHaveLength(2);
    expect(report.malformed).toBe(3);
  });

  test("says what was cut off in the middle of a record", async () => {
    const log = exec(1);
    const { events, report } = await read(bytes(log.slice(0, log.indexOf("proctitle=") + 12)));
    expect(events).toMatchObject([{ partial: ["cut"] }]);
    expect(report.cutOff).toBe(1);
    const early = await read(bytes(log.slice(0, log.indexOf("cwd=") + 5)));
    expect(early.events).toMatchObject([{ partial: ["no-end", "cut"] }]);
    const half = await read(bytes(`${exec(1)}type=SYSC`));
    expect(half.report).toMatchObject({ events: 1, malformed: 1, cutOff: 1 });
  });

  test("reads any log, cut off anywhere, to its end", async () => {
    const log = exec(1) + exec(2);
    const half = fc.integer({ min: 0, max: log.length });
    const junk = fc
      .uint8Array({ maxLength: 30 })
      .map((data) => Buffer.from(data).toString("latin1"));
    await fc.assert(
      fc.asyncProperty(half, half, junk, async (from, to, junk) => {
        const { events, report } = await read(bytes(log.slice(from) + junk + log.slice(0, to)));
        const records = events.reduce((sum, { records }) => sum + records.length, 0);
        expect(records + report.cutRecords + report.lateEnds).toBe(report.records);
      }),
    );
  });

  test("tells hosts apart", async () => {
    const lines = execRecords([Buffer.from("true")]).flatMap((one) =>
      ["a", "b"].map((node) => rawLine({ ...one, node }).line),
    );
    const { events } = await read(bytes(lines.join("")));
    expect(events.map(({ records }) => records[0]?.node)).toEqual(["a", "b"]);
    expect(events.map(({ partial }) => partial)).toEqual([[], []]);
  });

  test("counts events that are missing where it is asked to", async () => {
    const log = bytes(exec(1) + exec(4));
    expect((await read(log, { countMissingSerials: true })).report.missingSerials).toBe(2);
    expect((await read(log)).report.missingSerials).toBe(0);
  });

  test.each([
    [{ maxLineBytes: 0 }, "maxLineBytes must be a whole number from 1 on, got 0"],
    [{ maxEvents: -1 }, "maxEvents must be a whole number from 1 on, got -1"],
  ])("refuses %j", async (options, message) => {
    await expect(read([], options)).rejects.toThrow(new RangeError(message));
  });
});

describe("readAuditLogs()", () => {
  test("ends a line where its file ends, and reads an event on in the next", async () => {
    const [first, second] = [exec(1), exec(2)];
    const at = second.indexOf("type=CWD");
    const report = newAuditLogReport();
    const files = [bytes(`${first}type=SYSC`), bytes(second.slice(0, at)), bytes(second.slice(at))];
    const events: AuditEvent[] = [];
    for await (const event of readAuditLogs(files, { report })) events.push(event);
    expect(events.map(({ stamp, partial }) => [stamp.serial, partial])).toEqual([
      [1, []],
      [2, []],
    ]);
    expect(events[1]?.records[0]?.body).toMatch(/^arch=/u);
    expect(report).toMatchObject({ malformed: 1, cutOff: 1 });
  });

  test("does not open a file before the one in front of it was read", async () => {
    const opened: number[] = [];
    const files = function* (): Generator<Uint8Array[]> {
      for (const serial of [1, 2]) {
        opened.push(serial);
        yield bytes(exec(serial));
      }
    };
    for await (const _event of readAuditLogs(files())) break;
    expect(opened).toEqual([1]);
  });
});

describe("readAuditLog() of a path", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "audit-log-"));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  test("reads files that were set aside, the oldest first, and an event across two of them", async () => {
    const path = join(folder, "audit.log");
    const split = exec(3).split(/(?<=\n)/u);
    writeFileSync(`${path}.10`, exec(1));
    writeFileSync(`${path}.2`, exec(2) + split.slice(0, 3).join(""));
    writeFileSync(path, split.slice(3).join("") + exec(4));
    writeFileSync(`${path}.gz`, "no log");
    writeFileSync(`${path}.02`, "no log");
    const { events, report } = await read(path, { rotated: true });
    expect(events.map(({ stamp }) => stamp.serial)).toEqual([1, 2, 3, 4]);
    expect(report).toMatchObject({ malformed: 0, missingStart: 0, missingEnd: 0 });
    expect((await read(path)).events.map(({ partial }) => partial)).toEqual([["no-start"], []]);
  });

  test("ends the line in which a file that was set aside breaks off", async () => {
    const path = join(folder, "audit.log");
    writeFileSync(`${path}.1`, `${exec(1)}type=SYSCALL msg=audit(17000`);
    writeFileSync(path, exec(2));
    const { events, report } = await read(path, { rotated: true });
    expect(events.map(({ partial }) => partial)).toEqual([[], []]);
    expect(report).toMatchObject({ malformed: 1, cutOff: 1 });
  });

  test("says which file it could not read", async () => {
    await expect(read(join(folder, "none"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});

test("a record that came alone in the file is whole without an end", async () => {
  const { events } = await read(
    bytes(rawLine(record("LOGIN", "pid=1 auid=1000 ses=4 res=1")).line),
  );
  expect(events).toMatchObject([{ partial: [] }]);
});
