import { describe, expect, test } from "vitest";
import { decodeMessages, encodeMessage } from "./message.ts";

// What iproute2's `ip link` sends, shortened to its header and four made-up bytes.
const dumpRequest = Uint8Array.from(
  [
    [20, 0, 0, 0], // length, header included
    [18, 0], // type: RTM_GETLINK
    [0x01, 0x03], // flags: request, dump
    [7, 0, 0, 0], // sequence
    [0, 0, 0, 0], // port: the kernel
    [0xde, 0xad, 0xbe, 0xef], // payload
  ].flat(),
);

// Made up: 5 bytes of payload, so 3 of padding before the next message.
const two = Uint8Array.from(
  [
    [21, 0, 0, 0], // length, without the padding
    [31, 0], // type
    [2, 0], // flags: multi
    [1, 0, 0, 0], // sequence
    [0x92, 0x10, 0, 0], // port 4242
    [1, 2, 3, 4, 5], // payload
    [0, 0, 0], // padding
    [16, 0, 0, 0], // length
    [3, 0], // type: done
    [2, 0], // flags: multi
    [1, 0, 0, 0], // sequence
    [0x92, 0x10, 0, 0], // port 4242
  ].flat(),
);

// The shape of an audit record on its way to the registered daemon: its length leaves out the header.
const auditUnicast = Uint8Array.from(
  [
    [3, 0, 0, 0], // length of the text alone
    [0x28, 0x05], // type 1320: end of event
    [0, 0], // flags
    [0, 0, 0, 0], // sequence
    [0, 0, 0, 0], // port
    [0x61, 0x62, 0x63], // "abc"
  ].flat(),
);

describe("encodeMessage()", () => {
  test("writes the header of a dump request", () => {
    const payload = Uint8Array.of(0xde, 0xad, 0xbe, 0xef);
    const message = { type: 18, flags: 0x301, sequence: 7, port: 0, payload };
    expect(encodeMessage(message)).toEqual(dumpRequest);
  });

  test("pads to 4 bytes and leaves the padding out of the length", () => {
    const bytes = encodeMessage({
      type: 31,
      flags: 0,
      sequence: 1,
      port: 0,
      payload: Uint8Array.of(1),
    });
    expect(bytes.byteLength).toBe(20);
    expect(bytes[0]).toBe(17);
  });
});

describe("decodeMessages()", () => {
  test("reads the header of a dump request", () => {
    const [message] = decodeMessages(dumpRequest);
    expect(message).toEqual({
      type: 18,
      flags: 0x301,
      sequence: 7,
      port: 0,
      payload: Uint8Array.of(0xde, 0xad, 0xbe, 0xef),
    });
  });

  test("reads every message of a datagram and skips the padding between them", () => {
    expect([...decodeMessages(two)].map(({ type, payload }) => [type, [...payload]])).toEqual([
      [31, [1, 2, 3, 4, 5]],
      [3, []],
    ]);
  });

  test("takes a last message without its padding", () => {
    expect([...decodeMessages(two.subarray(0, 21))]).toHaveLength(1);
  });

  test("refuses an empty datagram", () => {
    expect(() => [...decodeMessages(new Uint8Array(0))]).toThrow(
      new RangeError("Cannot decode nlmsghdr: 0 bytes, need 16"),
    );
  });

  test("refuses a header that is cut off", () => {
    expect(() => [...decodeMessages(dumpRequest.subarray(0, 12))]).toThrow(
      new RangeError("Cannot decode nlmsghdr: 12 bytes, need 16"),
    );
  });

  test("refuses a payload that is cut off", () => {
    expect(() => [...decodeMessages(dumpRequest.subarray(0, 18))]).toThrow(
      new RangeError("Cannot decode message of type 18: 18 bytes, need 20"),
    );
  });

  test.each([0, 15])("refuses a length of %i, which would never advance", (length) => {
    const bytes = dumpRequest.slice();
    bytes[0] = length;
    expect(() => [...decodeMessages(bytes)]).toThrow(
      new RangeError(`Cannot decode nlmsghdr: its length is ${length}, need 16`),
    );
  });

  test("yields what is whole before it refuses the rest", () => {
    const messages = decodeMessages(two.subarray(0, 30));
    expect(messages.next().value).toMatchObject({ type: 31 });
    expect(() => messages.next()).toThrow(RangeError);
  });

  test("reads at any offset of a larger memory", () => {
    const memory = new Uint8Array(64);
    memory.set(dumpRequest, 13);
    const [message] = decodeMessages(memory.subarray(13, 33));
    expect(message).toMatchObject({ type: 18, sequence: 7 });
  });

  test("accepts a length that leaves out the header only where asked to", () => {
    expect(() => [...decodeMessages(auditUnicast)]).toThrow(RangeError);
    const [message] = decodeMessages(auditUnicast, { lengthMayLackHeader: true });
    expect(message).toMatchObject({ type: 1320, payload: Uint8Array.of(0x61, 0x62, 0x63) });
  });

  test("still trusts a right length where a wrong one is accepted", () => {
    expect([...decodeMessages(two, { lengthMayLackHeader: true })]).toHaveLength(2);
    expect([...decodeMessages(dumpRequest, { lengthMayLackHeader: true })]).toHaveLength(1);
  });
});
