import { encodeGeneric } from "@task-watchers/netlink";
import {
  bytesAttribute,
  textAttribute,
  u16Attribute,
  u32Attribute,
} from "@task-watchers/netlink/attribute";
import {
  acknowledge,
  replyTo,
  type ScriptedKernel,
  scriptedKernel,
} from "@task-watchers/netlink/testing";
import { describe, expect, test } from "vitest";
import { clientOver } from "./client.ts";
import { FAMILY } from "./exit-messages.fixture.ts";
import { statsBytes } from "./stats-bytes.fixture.ts";

/** A kernel with taskstats; refuses with `errno`, if given. */
function kernel(errno?: number): ScriptedKernel {
  return scriptedKernel((request) => {
    if (request[4] === 16) {
      const family = [u16Attribute(1, FAMILY), textAttribute(2, "TASKSTATS")];
      return [
        replyTo(request, {
          type: 16,
          payload: encodeGeneric({ command: 1, version: 2 }, ...family),
        }),
      ];
    }
    if (errno !== undefined) return [acknowledge(request, -errno)];
    const attribute = request[22] ?? 0;
    const stats = bytesAttribute(3, statsBytes({ version: 16, size: 560 }));
    const nest = bytesAttribute(attribute + 3, Buffer.concat([u32Attribute(attribute, 1), stats]));
    return [
      replyTo(request, { type: FAMILY, payload: encodeGeneric({ command: 2, version: 1 }, nest) }),
    ];
  });
}

describe("clientOver()", () => {
  test("asks for a task or a group, and takes the answer apart", async () => {
    const scripted = kernel();
    const client = await clientOver(scripted);
    expect(await client.query(0x01020304)).toMatchObject({ version: 16, pid: 128 });
    expect(await client.queryGroup(5)).toMatchObject({ version: 16 });
    expect(scripted.sent.slice(1).map((request) => [...request.subarray(16)])).toEqual([
      [1, 1, 0, 0, 8, 0, 1, 0, 4, 3, 2, 1],
      [1, 1, 0, 0, 8, 0, 2, 0, 5, 0, 0, 0],
    ]);
    client.close();
    expect(scripted.closed).toBe(true);
  });

  test("sends nothing for what is no pid", async () => {
    const scripted = kernel();
    await using client = await clientOver(scripted);
    await expect(client.query(0)).rejects.toThrow(
      "pid must be a positive integer of 31 bits, got 0",
    );
    expect(scripted.sent).toHaveLength(1);
  });

  test("says what a refusal means", async () => {
    await using absent = await clientOver(kernel(3));
    await expect(absent.query(42)).rejects.toMatchObject({
      name: "NetlinkError",
      code: "ESRCH",
      message: "TASKSTATS_CMD_GET: ESRCH: no task has pid 42",
    });
    await using refused = await clientOver(kernel(1));
    await expect(refused.query(42)).rejects.toMatchObject({
      name: "TaskstatsUnavailableError",
      code: "EPERM",
      message: expect.stringContaining("CAP_NET_ADMIN in the host's initial user namespace"),
    });
  });

  test("has no more under way than the socket can hold", async () => {
    const scripted = kernel();
    await using client = await clientOver(scripted);
    scripted.silent = true;
    const many = Array.from({ length: 2000 }, () => client.query(1).catch((error) => error.code));
    await new Promise((go) => setImmediate(go));
    expect(scripted.sent).toHaveLength(1 + 512);
    client.close();
    expect(new Set(await Promise.all(many))).toEqual(new Set(["ECANCELED"]));
  });
});
