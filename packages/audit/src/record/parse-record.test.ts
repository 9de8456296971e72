import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRecord } from "./parse-record.ts";

describe("parseRecord()", () => {
  test("reads the stamp and leaves the body as it is", () => {
    expect(parseRecord(1307, 'audit(1700000000.007:4294967295): cwd="/tmp" \u00ff')).toEqual({
      type: 1307,
      stamp: { seconds: 1_700_000_000, milliseconds: 7, serial: 4_294_967_295 },
      body: 'cwd="/tmp" \u00ff',
    });
  });

  test.each([
    ["as the kernel sends it", "audit(1.000:2): "],
    ["without the last space, as in a file", "audit(1.000:2):"],
  ])("reads the end of an event, which has no body, %s", (_, text) => {
    expect(parseRecord(1320, text)?.body).toBe("");
  });

  test("keeps the spaces with which a continuation begins", () => {
    expect(parseRecord(1309, 'audit(1.000:2):   a7="x"')?.body).toBe('  a7="x"');
  });

  test.each([
    [""],
    ["audit("],
    ["audit():"],
    ["audit(1.000:2)"],
    ["audit(1.000:2):x"],
    ["audit(1.000:2) x"],
    ["audit(1.00:2): x"],
    ["audit(1.0000:2): x"],
    ["audit(1:2): x"],
    ["audit(.000:2): x"],
    ["audit(1.000:): x"],
    ["audit(-1.000:2): x"],
    ["audit(1.000:4294967296): x"],
    ["audit(1000000000000.000:2): x"],
    ["audit(1.0x0:2): x"],
    ["audit(1.000:2 ): x"],
    [" audit(1.000:2): x"],
    ["AUDIT(1.000:2): x"],
  ])("finds no record in %j", (text) => {
    expect(parseRecord(1300, text)).toBeUndefined();
  });

  test("gives back any stamp and any body", () => {
    const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
    const body = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("latin1"));
    fc.assert(
      fc.property(u32, fc.integer({ min: 0, max: 999 }), u32, body, (seconds, ms, serial, body) => {
        const text = `audit(${seconds}.${String(ms).padStart(3, "0")}:${serial}): ${body}`;
        expect(parseRecord(1300, text)).toEqual({
          type: 1300,
          stamp: { seconds, milliseconds: ms, serial },
          body,
        });
      }),
    );
  });
});
