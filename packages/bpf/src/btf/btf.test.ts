import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BtfError } from "./btf-error.ts";
import { Btf } from "./btf.ts";
import { findMember, sizeOf } from "./member.ts";
import { POINT, sampleBtf, type SampleType } from "./sample.fixture.ts";

const point = sampleBtf(POINT);

describe("Btf", () => {
  test("finds types by kind and name", () => {
    const btf = new Btf(point);
    expect(btf.count).toBe(10);
    expect(btf.find(4, "point")).toBe(2);
    expect(btf.find(8, "long_t")).toBe(6);
    expect(btf.find(8, "point")).toBeUndefined();
    expect(btf.find(4, "poin")).toBeUndefined();
  });

  test("reads bytes that do not begin at a multiple of four", () => {
    const shifted = new Uint8Array(point.byteLength + 1);
    shifted.set(point, 1);
    expect(new Btf(shifted.subarray(1)).find(4, "point")).toBe(2);
  });

  test("gives its memory back with the bytes that it was made of, and then answers nothing", () => {
    const bytes = point.slice();
    const btf = new Btf(bytes);
    btf.letGo();
    expect([bytes.byteLength, bytes.buffer.byteLength, btf.count]).toEqual([0, 0, 0]);
    expect(btf.find(4, "point")).toBeUndefined();
    expect(() => btf.kind(2)).toThrow("there is no type 2");
  });

  test("refuses what is no BTF, what is cut off and kinds it does not know", () => {
    expect(() => new Btf(new Uint8Array(4))).toThrow(BtfError);
    expect(() => new Btf(new Uint8Array(64))).toThrow("the magic is missing");
    expect(() => new Btf(sampleBtf([{ kind: 31 }]))).toThrow("type 1 is of the unknown kind 31");
    for (let length = 0; length < point.byteLength; length++) {
      expect(() => new Btf(point.slice(0, length)), String(length)).toThrow(BtfError);
    }
  });
});

describe("findMember()", () => {
  const btf = new Btf(point);

  test("finds members, those of unnamed unions and structs too", () => {
    expect(findMember(btf, "point.x")).toEqual({ offset: 0, size: 4, type: 1 });
    expect(findMember(btf, "point.y")).toEqual({ offset: 4, size: 4, type: 1 });
    expect(findMember(btf, "point.pair")).toEqual({ offset: 8, size: 16, type: 7 });
    expect(findMember(btf, "point.next")).toEqual({ offset: 24, size: 8, type: 8 });
  });

  test("says where a bitfield is in its byte", () => {
    expect(findMember(btf, "point.hi")).toEqual({
      offset: 4,
      size: 4,
      type: 1,
      bits: { offset: 4, width: 4 },
    });
  });

  test("finds nothing where nothing is, and does not follow pointers", () => {
    expect(findMember(btf, "point.z")).toBeUndefined();
    expect(findMember(btf, "line.x")).toBeUndefined();
    expect(findMember(btf, "point.next.x")).toBeUndefined();
  });

  test("gives up on a struct that contains itself", () => {
    const loop = new Btf(
      sampleBtf([{ name: "loop", kind: 4, parts: 2, value: 8, tail: ["", 1, 0, "", 1, 0] }]),
    );
    expect(() => findMember(loop, "loop.x")).toThrow("never end");
  });

  test("gives up on a typedef of itself, and on an array of itself", () => {
    const loop = new Btf(
      sampleBtf([
        { name: "a", kind: 8, value: 2 },
        { name: "b", kind: 8, value: 1 },
        { kind: 3, tail: [3, 1, 2] },
      ]),
    );
    expect(() => sizeOf(loop, 1)).toThrow("never ends");
    expect(() => sizeOf(loop, 3)).toThrow("never ends");
  });
});

test("type information with any damage is read, or refused by a BtfError, and in bounded time", () => {
  const word = fc.oneof(fc.nat(12), fc.nat());
  const damaged = fc.array(fc.tuple(fc.nat(point.byteLength - 1), fc.nat(255)), { maxLength: 8 });
  const type: fc.Arbitrary<SampleType> = fc.record({
    name: fc.constantFrom("point", "x", ""),
    kind: fc.integer({ min: 1, max: 19 }),
    flag: fc.boolean(),
    parts: fc.nat(6),
    value: word,
    tail: fc.array(fc.oneof(word, fc.constantFrom("x", "")), { maxLength: 18 }),
  });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    damaged.map((changes) => {
      const copy = point.slice();
      for (const [at, value] of changes) copy[at] = value;
      return copy;
    }),
    fc.array(type, { maxLength: 12 }).map(sampleBtf),
  );
  fc.assert(
    fc.property(bytes, (data) => {
      try {
        findMember(new Btf(data), "point.x");
      } catch (error) {
        expect(error).toBeInstanceOf(BtfError);
      }
    }),
    { numRuns: 5000 },
  );
});
