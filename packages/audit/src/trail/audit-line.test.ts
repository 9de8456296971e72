import * as fc from "fast-check";
import { formatLine, parseLine } from "@task-watchers/trace";
import { describe, expect, test } from "vitest";
import type { AuditEvent } from "../assemble/audit-event.ts";
import { factsOf } from "../facts/event-facts.ts";
import type { AuditRecord } from "../record/audit-record.ts";
import { execRecords, record } from "../record/kernel-text.fixture.ts";
import { fromAuditLine, toAuditLine } from "./audit-line.ts";

function event(records: readonly AuditRecord[]): AuditEvent {
  const stamp = { seconds: 1_700_000_000, milliseconds: 42, serial: 7 };
  return { stamp, records, partial: [], cutRecords: 0, cutBytes: 0 };
}

function throughFile(line: ReturnType<typeof toAuditLine>): ReturnType<typeof fromAuditLine> {
  const text = formatLine(line);
  expect(text.indexOf("\n")).toBe(text.length - 1);
  const read = parseLine(text);
  return read && fromAuditLine(read);
}

describe("toAuditLine()", () => {
  test("tells the facts by their names", () => {
    const facts = factsOf(event(execRecords([Buffer.from("sudo")])));
    expect(toAuditLine(facts, { timeNs: 5n, task: "1.2" })).toMatchObject({
      type: "audit",
      timeNs: "5",
      task: "1.2",
      time: "1700000000.042",
      serial: 7,
      record: "SYSCALL",
      syscallName: "execve",
      argv: ["sudo"],
      args: ["2147311374", "2147311376", "1439744418", "8"],
      paths: [{ inode: "18446744073709551615" }, {}],
    });
    expect(toAuditLine(facts)).not.toHaveProperty("task");
  });

  test("can be turned back, with arguments that are missing and records of other kinds", () => {
    const bodies: [string, string][] = [
      ["SYSCALL", "arch=c000003e syscall=42 exit=-13 pid=1 comm=FF0A"],
      ["EXECVE", 'argc=3 a0="x" a2="z"'],
      ["SOCKADDR", "saddr=0200003501020304"],
      ["AVC", "avc:  denied  { read } for  name=\u00ff\u00c3\u00a9"],
      ["UNKNOWN[1399]", "x"],
    ];
    const records = bodies.map(([type, body]) => ({ ...record(type, body, 7, 42), node: "n" }));
    const facts = factsOf({ ...event(records), partial: ["no-end", "cut"] });
    const join = { timeNs: 1n << 60n, task: "9.9" };
    expect(throughFile(toAuditLine(facts, join))).toEqual({ facts, join });
    expect(throughFile(toAuditLine(facts))).toEqual({ facts });
  });

  test("can be turned back, whatever the arguments", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { minLength: 1 }), (argv) => {
        const facts = factsOf(event(execRecords(argv, 7, 42)));
        expect(throughFile(toAuditLine(facts))).toEqual({ facts });
      }),
    );
  });
});

describe("fromAuditLine()", () => {
  const line = toAuditLine(factsOf(event(execRecords([Buffer.from("x")]))));

  test.each([
    ["another type", { type: "exec" }],
    ["no time", { time: 5 }],
    ["half a time", { time: "17" }],
    ["no serial", { serial: "7" }],
    ["no type of record", { record: undefined }],
    ["a reason that is none", { partial: ["tired"] }],
    ["keys that are no text", { keys: [1] }],
    ["a pid that is no number", { pid: "1" }],
    ["arguments that are neither text nor missing", { argv: [1] }],
    ["an inode that is no number", { paths: [{ inode: "x" }] }],
    ["paths that are no list", { paths: {} }],
    ["a mode that is no number", { paths: [{ mode: "x" }] }],
    ["an argument of the call that is no number", { args: ["x"] }],
    ["a record of no type", { others: [{ type: "SYSCAL", body: "" }] }],
    ["a record without a body", { others: [{ type: "AVC" }] }],
    ["an address without a family", { socketAddress: {} }],
    ["reasons that are no text", { missing: { argv: 1 } }],
  ])("takes no line with %s", (_, change) => {
    expect(fromAuditLine(line)).toBeDefined();
    expect(fromAuditLine({ ...line, ...change })).toBeUndefined();
  });

  test("takes a line of a later version, which has more", () => {
    expect(fromAuditLine({ ...line, later: { x: 1 } })).toEqual(fromAuditLine(line));
  });
});
