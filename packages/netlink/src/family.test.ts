import { describe, expect, test } from "vitest";
import { nestedAttribute, textAttribute, u16Attribute, u32Attribute } from "./attribute.ts";
import { NetlinkConnection } from "./connection.ts";
import { decodeFamily, listFamilies, resolveFamily } from "./family.ts";
import { decodeGeneric, encodeGeneric } from "./generic.ts";
import { decodeMessages, encodeMessage } from "./message.ts";
import { scriptedKernel } from "./testing.ts";

const NEWFAMILY = { command: 1, version: 2 };
const taskstats = encodeGeneric(
  NEWFAMILY,
  textAttribute(2, "TASKSTATS"),
  u16Attribute(1, 31),
  u32Attribute(3, 1),
  u32Attribute(4, 0),
  u32Attribute(5, 4),
  nestedAttribute(
    6,
    nestedAttribute(1, u32Attribute(1, 1), u32Attribute(2, 11)),
    nestedAttribute(2, u32Attribute(1, 4), u32Attribute(2, 10)),
  ),
);
const answer = (payload: Uint8Array, flags = 0): Uint8Array =>
  encodeMessage({ type: 16, flags, sequence: 1, port: 4242, payload });

function refusal(errno: number): Uint8Array {
  const payload = new Uint8Array(20);
  new DataView(payload.buffer).setInt32(0, -errno, true);
  return encodeMessage({ type: 2, flags: 0x100, sequence: 1, port: 4242, payload });
}

describe("generic header", () => {
  test("encodeGeneric() writes command, version, and attributes behind them", () => {
    expect([...encodeGeneric({ command: 3, version: 1 }, u16Attribute(1, 31))]).toEqual(
      [
        [3, 1], // command, version
        [0, 0], // reserved
        [6, 0, 1, 0, 31, 0, 0, 0], // attribute 1
      ].flat(),
    );
  });

  test("decodeGeneric() takes it apart again", () => {
    expect(decodeGeneric(Uint8Array.of(2, 1, 0, 0, 9))).toEqual({
      command: 2,
      version: 1,
      payload: Uint8Array.of(9),
    });
  });

  test("decodeGeneric() refuses a header that is cut off", () => {
    expect(() => decodeGeneric(new Uint8Array(3))).toThrow(
      new RangeError("Cannot decode genlmsghdr: 3 bytes, need 4"),
    );
  });
});

describe("decodeFamily()", () => {
  test("reads all that the controller says", () => {
    const groups = nestedAttribute(
      7,
      nestedAttribute(1, textAttribute(1, "config"), u32Attribute(2, 5)),
      nestedAttribute(2, textAttribute(1, "scan"), u32Attribute(2, 6)),
    );
    expect(decodeFamily(Buffer.concat([taskstats, groups]))).toEqual({
      id: 31,
      name: "TASKSTATS",
      version: 1,
      headerSize: 0,
      maxAttribute: 4,
      operations: new Map([
        [1, 11],
        [4, 10],
      ]),
      groups: new Map([
        ["config", 5],
        ["scan", 6],
      ]),
    });
  });

  test("does with no more than a name and an id", () => {
    const payload = encodeGeneric(NEWFAMILY, textAttribute(2, "x"), u16Attribute(1, 20));
    expect(decodeFamily(payload)).toMatchObject({ id: 20, maxAttribute: 0, groups: new Map() });
  });

  test("refuses one without an id", () => {
    const payload = encodeGeneric(NEWFAMILY, textAttribute(2, "x"));
    expect(() => decodeFamily(payload)).toThrow(RangeError);
  });
});

describe("resolveFamily()", () => {
  test("asks the controller by name", async () => {
    const kernel = scriptedKernel(() => [answer(taskstats)]);
    using connection = new NetlinkConnection(kernel);
    expect(await resolveFamily(connection, "TASKSTATS")).toMatchObject({ id: 31, version: 1 });
    const [request] = decodeMessages(kernel.sent[0] ?? new Uint8Array(0));
    expect(request).toMatchObject({ type: 16, flags: 1 });
    expect([...(request?.payload ?? [])]).toEqual(
      [
        [3, 2, 0, 0], // CTRL_CMD_GETFAMILY, version 2, reserved
        [14, 0, 2, 0], // CTRL_ATTR_FAMILY_NAME
        [0x54, 0x41, 0x53, 0x4b, 0x53, 0x54, 0x41, 0x54, 0x53, 0], // "TASKSTATS"
        [0, 0], // padding
      ].flat(),
    );
  });

  test("names the family that is not there and what to load", async () => {
    using connection = new NetlinkConnection(scriptedKernel(() => [refusal(2)]));
    await expect(resolveFamily(connection, "nl80211")).rejects.toMatchObject({
      name: "NetlinkError",
      code: "ENOENT",
      errno: -2,
      syscall: "CTRL_CMD_GETFAMILY",
      message: expect.stringMatching(/"nl80211".*modprobe net-pf-16-proto-16-family-nl80211/u),
    });
  });

  test("passes other refusals on", async () => {
    using connection = new NetlinkConnection(scriptedKernel(() => [refusal(12)]));
    await expect(resolveFamily(connection, "TASKSTATS")).rejects.toMatchObject({ code: "ENOMEM" });
  });

  test.each(["", "sixteen-letters!", "nul\0"])("refuses the name %j unsent", async (name) => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    await expect(resolveFamily(connection, name)).rejects.toBeInstanceOf(RangeError);
    expect(kernel.sent).toEqual([]);
  });
});

describe("listFamilies()", () => {
  test("collects the dump", async () => {
    const done = encodeMessage({
      type: 3,
      flags: 2,
      sequence: 1,
      port: 4242,
      payload: new Uint8Array(4),
    });
    const kernel = scriptedKernel(() => [answer(taskstats, 2), answer(taskstats, 2), done]);
    using connection = new NetlinkConnection(kernel);
    expect((await listFamilies(connection)).map(({ name }) => name)).toEqual([
      "TASKSTATS",
      "TASKSTATS",
    ]);
  });
});
