import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCpuList } from "./cpu-list.ts";
import { decodeTaskStats } from "./decode-stats.ts";
import { decodeStatsMessage } from "./message.ts";

const bytes = fc.uint8Array({ maxLength: 800 });
/** Bytes that begin with a version there is a table for, mostly. */
const record = fc
  .tuple(fc.nat(20), fc.uint8Array({ minLength: 300, maxLength: 800 }))
  .map(([version, data]) => {
    data.set([version, 0]);
    return data;
  });

/** Runs `body` and lets nothing pass but what the contract names. */
function onlyRangeErrors(body: () => void): void {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
  }
}

describe("decoders, given anything,", () => {
  test("decodeTaskStats() throws nothing but RangeError", () => {
    fc.assert(
      fc.property(fc.oneof(bytes, record), fc.option(fc.nat(20), { nil: 0 }), (data, version) =>
        onlyRangeErrors(() => decodeTaskStats(data, { version })),
      ),
      { numRuns: 5000 },
    );
  });

  test("decodeStatsMessage() throws nothing but RangeError", () => {
    const nested = fc.tuple(fc.nat(7), fc.nat(7), record).map(([outer, inner, data]) => {
      const length = data.byteLength + 8;
      const head = [2, 1, 0, 0, length & 0xff, length >> 8, outer, 0];
      return Uint8Array.from([...head, (length - 4) & 0xff, (length - 4) >> 8, inner, 0, ...data]);
    });
    fc.assert(
      fc.property(fc.oneof(bytes, nested), (data) =>
        onlyRangeErrors(() => decodeStatsMessage(data)),
      ),
      { numRuns: 5000 },
    );
  });

  test("parseCpuList() throws nothing but RangeError", () => {
    const list = fc.string({ unit: fc.constantFrom(..."0123456789-, \n") });
    fc.assert(
      fc.property(fc.oneof(fc.string(), list), (text) => onlyRangeErrors(() => parseCpuList(text))),
    );
  });
});
