import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditRecord } from "../record/audit-record.ts";
import { execRecords, record } from "../record/kernel-text.fixture.ts";
import type { AuditEvent } from "./audit-event.ts";
import { Assembler } from "./assembler.ts";

/** Execs of several CPUs, some records of which are lost, and the rest in nearly any order. */
const streams = fc
  .record({
    execs: fc.integer({ min: 1, max: 30 }),
    argumentBytes: fc.constantFrom(1, 40, 9_000),
    lost: fc.infiniteStream(fc.nat(9)),
    shift: fc.infiniteStream(fc.nat(60)),
    others: fc.infiniteStream(fc.constantFrom("LOGIN", "USER_LOGIN", "CONFIG_CHANGE", undefined)),
  })
  .map(({ execs, argumentBytes, lost, shift, others }) => {
    const sent: { at: number; record: AuditRecord }[] = [];
    const send = (record: AuditRecord): void => {
      if (lost.next().value === 0) return;
      sent.push({ at: sent.length + (shift.next().value ?? 0), record });
    };
    for (let serial = 1; serial <= execs; serial++) {
      const other = others.next().value;
      const milliseconds = (serial * 97) % 1000;
      if (other !== undefined) send(record(other, "x=1", serial, milliseconds));
      else
        execRecords([new Uint8Array(argumentBytes).fill(0x41)], serial, milliseconds).forEach(send);
    }
    return sent.sort((a, b) => a.at - b.at).map(({ record }) => record);
  });

const bounds = fc.record({
  maxEvents: fc.constantFrom(1, 3, 4096),
  maxBytes: fc.constantFrom(500, 1 << 20),
  maxEventBytes: fc.constantFrom(300, 1 << 20),
  maxEventRecords: fc.constantFrom(2, 512),
  maxAgeMs: fc.constantFrom(1, 300, 2000),
});

describe("Assembler, whatever comes", () => {
  test("tells or counts every record, and each only once", () => {
    fc.assert(
      fc.property(streams, bounds, (stream, bounds) => {
        const told: AuditEvent[] = [];
        const assembler = new Assembler({ ...bounds, onEvent: (event) => told.push(event) });
        for (const record of stream) assembler.push(record);
        assembler.flush();
        const records = told.flatMap(({ records }) => records);
        const { counters } = assembler;
        expect(new Set(records).size).toBe(records.length);
        expect(records.length + counters.cutRecords + counters.lateEnds).toBe(stream.length);
        expect(counters.records).toBe(stream.length);
        expect(counters.events).toBe(told.length);
        const cut = told.reduce((sum, { cutRecords }) => sum + cutRecords, 0);
        expect(cut).toBe(counters.cutRecords);
        for (const { stamp, records } of told) {
          for (const record of records) expect(record.stamp).toEqual(stamp);
        }
        const partial = (reason: string): number =>
          told.filter(({ partial }) => partial.some((one) => one === reason)).length;
        expect(partial("no-end")).toBe(counters.missingEnd);
        expect(partial("no-start")).toBe(counters.missingStart);
        expect(partial("evicted")).toBe(counters.evicted);
      }),
      { numRuns: 300 },
    );
  });
});
