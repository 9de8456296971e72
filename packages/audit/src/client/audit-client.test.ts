import { scriptedKernel } from "@task-watchers/netlink/testing";
import { expect, test } from "vitest";
import { encodeRule } from "../rules/codec.ts";
import type { AuditRule } from "../rules/rule.ts";
import { auditClientOver } from "./audit-client.ts";
import { encodeStatus } from "./status.ts";

/** As audit answers: the request's sequence, no port. */
function answer(request: Uint8Array, type: number, payload: Uint8Array, flags = 0): Uint8Array {
  const bytes = new Uint8Array(16 + payload.byteLength);
  new Uint32Array(bytes.buffer, 0, 1)[0] = bytes.byteLength;
  new Uint16Array(bytes.buffer, 4, 2).set([type, flags]);
  bytes.set(request.subarray(8, 12), 8);
  bytes.set(payload, 16);
  return bytes;
}

/** NLMSG_ERROR: the number, and the header of the request. */
function result(request: Uint8Array, value: number): Uint8Array {
  const payload = new Uint8Array(20);
  new Int32Array(payload.buffer, 0, 1)[0] = value;
  payload.set(request.subarray(0, 16), 4);
  return answer(request, 2, payload);
}

const typeOf = (request: Uint8Array): number => new Uint16Array(request.buffer)[2] ?? 0;

test("rules() collects a list up to its end, and takes an empty one", async () => {
  const rules: AuditRule[] = [1, 2].map((number) => ({
    list: "exit",
    action: "always",
    syscalls: [number],
    fields: [{ field: "key", operator: "=", value: `k${number}` }],
  }));
  for (const listed of [rules, []]) {
    const kernel = scriptedKernel((request) => [
      ...listed.map((rule) => answer(request, 1013, encodeRule(rule), 2)),
      answer(request, 3, new Uint8Array(0), 2),
    ]);
    await using client = auditClientOver(kernel);
    expect(await client.rules()).toEqual(listed);
  }
});

test("status() takes the answer to its own request, and a short one of an old kernel", async () => {
  const status = encodeStatus(0, { enabled: 1, backlogLimit: 320 });
  const kernel = scriptedKernel((request) => [
    answer(new Uint8Array(16).fill(9), 1000, encodeStatus(0, { enabled: 0 })),
    answer(request, 1000, status.subarray(0, 32)),
  ]);
  await using client = auditClientOver(kernel);
  const got = await client.status();
  expect(got).toMatchObject({ enabled: 1, backlogLimit: 320 });
  expect(got).not.toHaveProperty("backlogWaitTicks");
});

test("resetLost() gives the positive number that the kernel answers instead of an error", async () => {
  const kernel = scriptedKernel((request) => [result(request, 41)]);
  await using client = auditClientOver(kernel);
  expect(await client.resetLost()).toBe(41);
  // AUDIT_SET with an acknowledgement; the mask is AUDIT_STATUS_LOST alone.
  const words = new Uint32Array(kernel.sent[0]?.buffer ?? new ArrayBuffer(0));
  expect([words[1], words[4]]).toEqual([1001 | (5 << 16), 0x40]);
});

test("a refusal of a change is told apart from a lock", async () => {
  for (const [enabled, code] of [
    [2, "ELOCKED"],
    [1, "EPERM"],
  ] as const) {
    const kernel = scriptedKernel((request) =>
      typeOf(request) === 1000
        ? [answer(request, 1000, encodeStatus(0, { enabled }))]
        : [result(request, -1)],
    );
    await using client = auditClientOver(kernel);
    await expect(client.setStatus({ enabled: 0 })).rejects.toMatchObject({
      name: "AuditUnavailableError",
      code,
    });
  }
});

test("a bad value is refused before anything is sent", async () => {
  const kernel = scriptedKernel();
  await using client = auditClientOver(kernel);
  await expect(client.setStatus({ enabled: 2 })).rejects.toThrow(/enabled 2/u);
  const rule = { list: "exit", action: "always", syscalls: [5000], fields: [] } as const;
  await expect(client.addRule(rule)).rejects.toThrow(/got 5000/u);
  expect(kernel.sent).toEqual([]);
});
