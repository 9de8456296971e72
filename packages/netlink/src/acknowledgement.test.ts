import { describe, expect, test } from "vitest";
import { decodeAcknowledgement } from "./acknowledgement.ts";

const NLMSG_ERROR_TYPE = 2;
const header = { sequence: 1, port: 4242 };
const requestHeader = [
  [24, 0, 0, 0], // length of the request
  [16, 0], // its type
  [1, 0], // its flags
  [1, 0, 0, 0], // its sequence
  [0, 0, 0, 0], // its port
].flat();
const attributes = [
  [10, 0, 1, 0], // NLMSGERR_ATTR_MSG
  [0x77, 0x72, 0x6f, 0x6e, 0x67, 0], // "wrong"
  [0, 0], // padding
  [8, 0, 2, 0], // NLMSGERR_ATTR_OFFS
  [20, 0, 0, 0], // byte 20 of the request
].flat();
const error = (flags: number, ...payload: (readonly number[])[]) =>
  decodeAcknowledgement({
    ...header,
    type: NLMSG_ERROR_TYPE,
    flags,
    payload: Uint8Array.from(payload.flat()),
  });

describe("decodeAcknowledgement()", () => {
  test("reads success", () => {
    expect(error(0x100, [0, 0, 0, 0], requestHeader)).toEqual({ value: 0 });
  });

  test("reads a refusal as a negative errno", () => {
    expect(error(0x100, [0xff, 0xff, 0xff, 0xff], requestHeader)).toEqual({ value: -1 });
  });

  test("reads a positive number, which is a result", () => {
    expect(error(0, [57, 0, 0, 0], requestHeader)).toEqual({ value: 57 });
  });

  test("reads the kernel's words behind a request that is not repeated", () => {
    expect(error(0x300, [0xea, 0xff, 0xff, 0xff], requestHeader, attributes)).toEqual({
      value: -22,
      text: "wrong",
      offset: 20,
    });
  });

  test("reads the kernel's words behind a request that is repeated", () => {
    const payload = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(error(0x200, [0xea, 0xff, 0xff, 0xff], requestHeader, payload, attributes)).toEqual({
      value: -22,
      text: "wrong",
      offset: 20,
    });
  });

  test("ignores what follows without the flag that says it means something", () => {
    expect(error(0, [0xfe, 0xff, 0xff, 0xff], requestHeader, attributes)).toEqual({ value: -2 });
  });

  test.each([0, 3, 4, 19])("refuses %i bytes", (size) => {
    const payload = new Uint8Array(size);
    expect(() =>
      decodeAcknowledgement({ ...header, type: NLMSG_ERROR_TYPE, flags: 0, payload }),
    ).toThrow(new RangeError(`Cannot decode nlmsgerr: ${size} bytes, need 20`));
  });

  test("refuses a repeated request that is longer than the message", () => {
    expect(() => error(0x200, [0, 0, 0, 0], requestHeader)).toThrow(
      new RangeError("Cannot decode nlmsgerr: 20 bytes, need 28"),
    );
  });

  test("reads the end of a dump, which carries the number alone", () => {
    const payload = Uint8Array.of(0xed, 0xff, 0xff, 0xff, ...attributes);
    expect(decodeAcknowledgement({ ...header, type: 3, flags: 2, payload })).toEqual({
      value: -19,
    });
    expect(decodeAcknowledgement({ ...header, type: 3, flags: 0x202, payload })).toEqual({
      value: -19,
      text: "wrong",
      offset: 20,
    });
  });

  test("takes the end of a list that carries nothing, as audit's does, for success", () => {
    const payload = new Uint8Array(0);
    expect(decodeAcknowledgement({ ...header, type: 3, flags: 2, payload })).toEqual({ value: 0 });
  });
});
