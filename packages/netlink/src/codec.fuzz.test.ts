import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeAcknowledgement } from "./acknowledgement.ts";
import {
  bytesAttribute,
  decodeAttributes,
  nestedAttribute,
  textAttribute,
  u16Attribute,
  u32Attribute,
} from "./attribute.ts";
import { decodeFamily } from "./family.ts";
import { encodeGeneric } from "./generic.ts";
import { decodeMessages, encodeMessage, type NetlinkMessage } from "./message.ts";

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const messages = fc.array(
  fc.record({
    type: u16,
    flags: u16,
    sequence: u32,
    port: u32,
    payload: fc.uint8Array({ maxLength: 40 }),
  }),
  { minLength: 1, maxLength: 5 },
);

/** A value, or undefined when a RangeError refused the bytes; anything else fails the test. */
function valueOrRangeError<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof RangeError && error.message.startsWith("Cannot decode")) return undefined;
    throw error;
  }
}

/** Everything there is to read in a datagram, as deep as a user would go. */
function decodeAll(datagram: Uint8Array): void {
  for (const message of decodeMessages(datagram, { lengthMayLackHeader: true })) {
    valueOrRangeError(() => decodeAcknowledgement(message));
    valueOrRangeError(() => decodeFamily(message.payload));
    valueOrRangeError(() => {
      for (const attribute of decodeAttributes(message.payload)) {
        attribute.text();
        valueOrRangeError(() => attribute.u32());
        valueOrRangeError(() => [...attribute.attributes()]);
      }
    });
  }
}

/** An answer of the controller with nests, a message and its end, to be broken. */
const genuine = Buffer.concat([
  encodeMessage({
    type: 16,
    flags: 2,
    sequence: 1,
    port: 4242,
    payload: encodeGeneric(
      { command: 1, version: 2 },
      textAttribute(2, "TASKSTATS"),
      u16Attribute(1, 31),
      u32Attribute(3, 1),
      nestedAttribute(6, nestedAttribute(1, u32Attribute(1, 1), u32Attribute(2, 11))),
      nestedAttribute(7, nestedAttribute(1, textAttribute(1, "events"), u32Attribute(2, 5))),
    ),
  }),
  encodeMessage({
    type: 2,
    flags: 0x300,
    sequence: 1,
    port: 4242,
    payload: Buffer.concat([new Uint8Array(20), textAttribute(1, "wrong"), u32Attribute(2, 20)]),
  }),
]);

describe("codecs, whatever the bytes", () => {
  test("messages come back as they went", () => {
    fc.assert(
      fc.property(messages, (list: NetlinkMessage[]) => {
        expect([...decodeMessages(Buffer.concat(list.map(encodeMessage)))]).toEqual(
          list.map((message) => ({ ...message, payload: Buffer.from(message.payload) })),
        );
      }),
    );
  });

  test("attributes come back as they went", () => {
    const list = fc.array(
      fc.record({
        type: fc.integer({ min: 0, max: 0x3fff }),
        value: fc.uint8Array({ maxLength: 40 }),
      }),
    );
    fc.assert(
      fc.property(list, (attributes) => {
        const bytes = Buffer.concat(
          attributes.map(({ type, value }) => bytesAttribute(type, value)),
        );
        const found = [...decodeAttributes(bytes)].map(({ type, value }) => ({ type, value }));
        expect(found).toEqual(
          attributes.map(({ type, value }) => ({ type, value: Buffer.from(value) })),
        );
      }),
    );
  });

  test("any bytes are values or a RangeError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 256 }), (bytes) => {
        valueOrRangeError(() => decodeAll(bytes));
      }),
      { numRuns: 5000 },
    );
  });

  test("a genuine datagram with some bytes changed is values or a RangeError", () => {
    const changes = fc.array(
      fc.tuple(fc.nat(genuine.byteLength - 1), fc.integer({ min: 0, max: 255 })),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(changes, (list) => {
        const bytes = Uint8Array.from(genuine);
        for (const [at, value] of list) bytes[at] = value;
        valueOrRangeError(() => decodeAll(bytes));
      }),
      { numRuns: 5000 },
    );
  });

  test("a genuine datagram cut at any length is whole messages, then a RangeError", () => {
    const ends = [...decodeMessages(genuine)].map(
      ({ payload }) => payload.byteOffset + payload.byteLength - genuine.byteOffset,
    );
    for (let length = 0; length < genuine.byteLength; length++) {
      const seen: NetlinkMessage[] = [];
      const whole = valueOrRangeError(() => {
        for (const message of decodeMessages(genuine.subarray(0, length))) seen.push(message);
        return true;
      });
      expect(seen).toHaveLength(ends.filter((end) => end <= length).length);
      expect(whole === true).toBe(ends.includes(length));
    }
  });

  test("an attribute list cut at any length is whole attributes, then a RangeError", () => {
    const list = Buffer.concat([textAttribute(1, "wrong"), u32Attribute(2, 20)]);
    for (let length = 1; length < list.byteLength; length++) {
      const found = valueOrRangeError(() => [...decodeAttributes(list.subarray(0, length))]);
      // 10 bytes are the first without its padding, 12 with it.
      expect(found?.length).toBe(length >= 10 && length <= 12 ? 1 : undefined);
    }
  });
});
