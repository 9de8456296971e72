import { describe, expect, test } from "vitest";
import { bytes, decodeStruct, i32, type Layout, u16, u32, u64, u8 } from "./layout.ts";

interface Sample {
  readonly version: number;
  readonly flag: number;
  readonly exit: number;
  readonly count: number;
  readonly delayNs: bigint;
  readonly name?: Uint8Array;
}

const layout: Layout<Sample> = {
  version: u16(0),
  flag: u8(2),
  exit: i32(4),
  count: u32(8),
  delayNs: u64(12),
  name: bytes(20, 4),
};
// Made up, little-endian.
const data = Uint8Array.from(
  [
    [16, 0], // version
    [255], // flag
    [0], // a hole
    [0xff, 0xff, 0xff, 0xff], // exit: -1
    [0xff, 0xff, 0xff, 0xff], // count: the largest
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // delay: the largest
    [0x61, 0x62, 0x63, 0x64], // name
  ].flat(),
);

describe("decodeStruct()", () => {
  test("reads each width at its offset, in the machine's order", () => {
    expect(decodeStruct("struct sample", layout, data, 20)).toEqual({
      version: 16,
      flag: 255,
      exit: -1,
      count: 4_294_967_295,
      delayNs: 18_446_744_073_709_551_615n,
      name: Uint8Array.of(0x61, 0x62, 0x63, 0x64),
    });
  });

  test("leaves out the fields that an older kernel does not send", () => {
    const old = decodeStruct("struct sample", layout, data.subarray(0, 20), 20);
    expect(old).not.toHaveProperty("name");
    expect(old.delayNs).toBe(18_446_744_073_709_551_615n);
  });

  test("leaves alone what a newer kernel adds", () => {
    const longer = new Uint8Array(64);
    longer.set(data);
    expect(Object.keys(decodeStruct("struct sample", layout, longer, 20))).toHaveLength(6);
  });

  test("reads at any offset of a larger memory, aligned or not", () => {
    const memory = new Uint8Array(64);
    memory.set(data, 13);
    expect(decodeStruct("struct sample", layout, memory.subarray(13, 37), 20)).toMatchObject({
      version: 16,
      exit: -1,
    });
  });

  test("gives bytes as a view, not a copy", () => {
    const copy = data.slice();
    const { name } = decodeStruct("struct sample", layout, copy, 20);
    copy[20] = 0x7a;
    expect(name?.[0]).toBe(0x7a);
  });

  test("at every length is an error, or has exactly the fields that are there", () => {
    const ends = [2, 3, 8, 12, 20, 24];
    for (let length = 0; length <= data.byteLength; length++) {
      const decode = (): Sample =>
        decodeStruct("struct sample", layout, data.subarray(0, length), 8);
      if (length < 8) {
        expect(decode).toThrow(
          new RangeError(`Cannot decode struct sample: ${length} bytes, need 8`),
        );
      } else {
        expect(Object.keys(decode())).toHaveLength(ends.filter((end) => end <= length).length);
      }
    }
  });
});
