import { describe, expect, test } from "vitest";
import {
  Attribute,
  bytesAttribute,
  decodeAttributes,
  nestedAttribute,
  textAttribute,
  u16Attribute,
  u32Attribute,
  u64Attribute,
  u8Attribute,
} from "./attribute.ts";

const only = (bytes: Uint8Array): Attribute => {
  const [attribute] = decodeAttributes(bytes);
  if (attribute === undefined) throw new Error("no attribute");
  return attribute;
};

describe("decodeAttributes()", () => {
  test("reads a string, its padding, and a number", () => {
    // The controller's answer to a search for TASKSTATS on Linux 6.18, its first two attributes.
    const bytes = Uint8Array.from(
      [
        [14, 0], // length, header included
        [2, 0], // type: CTRL_ATTR_FAMILY_NAME
        [0x54, 0x41, 0x53, 0x4b, 0x53, 0x54, 0x41, 0x54, 0x53, 0], // "TASKSTATS" and its NUL
        [0, 0], // padding
        [6, 0], // length
        [1, 0], // type: CTRL_ATTR_FAMILY_ID
        [31, 0], // the id
        [0, 0], // padding
      ].flat(),
    );
    const [name, id, ...rest] = decodeAttributes(bytes);
    expect([name?.type, name?.text()]).toEqual([2, "TASKSTATS"]);
    expect([id?.type, id?.u16()]).toEqual([1, 31]);
    expect(rest).toEqual([]);
  });

  test("finds nothing in an empty payload", () => {
    expect([...decodeAttributes(new Uint8Array(0))]).toEqual([]);
  });

  test("takes the flag bits out of the type", () => {
    const nested = only(Uint8Array.of(4, 0, 0x07, 0x80));
    expect(nested).toMatchObject({ type: 7, nested: true, networkOrder: false });
    const big = only(Uint8Array.of(8, 0, 0x07, 0x40, 0, 0, 1, 2));
    expect(big).toMatchObject({ type: 7, nested: false, networkOrder: true });
    expect(big.u32()).toBe(258);
  });

  test("refuses a header that is cut off", () => {
    expect(() => only(Uint8Array.of(8, 0, 1))).toThrow(
      new RangeError("Cannot decode nlattr: 3 bytes, need 4"),
    );
  });

  test.each([0, 1, 3])("refuses a length of %i, shorter than the header", (length) => {
    expect(() => only(Uint8Array.of(length, 0, 1, 0))).toThrow(
      new RangeError(`Cannot decode nlattr: its length is ${length}, need 4`),
    );
  });

  test("refuses a value that is cut off", () => {
    expect(() => only(Uint8Array.of(8, 0, 3, 0x80, 1, 2))).toThrow(
      new RangeError("Cannot decode attribute 3: 6 bytes, need 8"),
    );
  });
});

describe("Attribute", () => {
  test("reads numbers of each width, unsigned", () => {
    const ones = new Uint8Array(8).fill(0xff);
    expect(new Attribute(1, ones.subarray(0, 1)).u8()).toBe(255);
    expect(new Attribute(1, ones.subarray(0, 2)).u16()).toBe(65_535);
    expect(new Attribute(1, ones.subarray(0, 4)).u32()).toBe(4_294_967_295);
    expect(new Attribute(1, ones).u64()).toBe(18_446_744_073_709_551_615n);
  });

  test("reads network order of each width", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect(new Attribute(0x4001, bytes.subarray(0, 2)).u16()).toBe(0x0102);
    expect(new Attribute(0x4001, bytes.subarray(0, 4)).u32()).toBe(0x01020304);
    expect(new Attribute(0x4001, bytes).u64()).toBe(0x0102030405060708n);
    expect([...bytes]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test.each([0, 2, 8])("refuses %i bytes as a 32-bit number", (size) => {
    expect(() => new Attribute(3, new Uint8Array(size)).u32()).toThrow(
      new RangeError(`Cannot decode attribute 3 as u32: ${size} bytes, need 4`),
    );
  });

  test("ends a string at its NUL, or at its end where there is none", () => {
    expect(new Attribute(1, Uint8Array.of(0x61, 0x62, 0, 0x63)).text()).toBe("ab");
    expect(new Attribute(1, Uint8Array.of(0x61, 0x62)).text()).toBe("ab");
    expect(new Attribute(1, new Uint8Array(0)).text()).toBe("");
  });

  test("keeps bytes of a string that are not UTF-8", () => {
    expect(new Attribute(1, Uint8Array.of(0x61, 0xff, 0)).text()).toBe("a\udcff");
  });

  test("reads what is nested, with or without the bit that says so", () => {
    const children = [u8Attribute(1, 7), u16Attribute(2, 8)];
    for (const bytes of [
      nestedAttribute(4, ...children),
      bytesAttribute(4, Buffer.concat(children)),
    ]) {
      const [first, second] = only(bytes).attributes();
      expect([first?.u8(), second?.u16()]).toEqual([7, 8]);
    }
  });
});

describe("encoders", () => {
  test("u8Attribute() pads to 4", () => {
    expect([...u8Attribute(9, 5)]).toEqual([5, 0, 9, 0, 5, 0, 0, 0]);
  });

  test("u16Attribute(), u32Attribute() and u64Attribute() write the machine's order", () => {
    expect([...u16Attribute(1, 0x0102)]).toEqual([6, 0, 1, 0, 2, 1, 0, 0]);
    expect([...u32Attribute(1, 0x01020304)]).toEqual([8, 0, 1, 0, 4, 3, 2, 1]);
    expect([...u64Attribute(1, 1n)]).toEqual([12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("textAttribute() adds the NUL and counts it", () => {
    expect([...textAttribute(2, "abc")]).toEqual([8, 0, 2, 0, 0x61, 0x62, 0x63, 0]);
  });

  test("textAttribute() refuses a NUL of the caller's", () => {
    expect(() => textAttribute(2, "a\0b")).toThrow(RangeError);
  });

  test("nestedAttribute() sets the bit", () => {
    expect([...nestedAttribute(4, u8Attribute(1, 7))]).toEqual(
      [
        [12, 0, 4, 0x80], // the nest: length, type
        [5, 0, 1, 0, 7, 0, 0, 0], // in it
      ].flat(),
    );
  });

  test("bytesAttribute() refuses more than a 16-bit length can tell", () => {
    expect(bytesAttribute(1, new Uint8Array(65_531)).byteLength).toBe(65_536);
    expect(() => bytesAttribute(1, new Uint8Array(65_532))).toThrow(
      new RangeError("Cannot encode attribute 1: 65532 bytes, at most 65531"),
    );
  });
});
