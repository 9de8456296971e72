import { expect, test } from "vitest";
import { decodeStatus, encodeStatusChange, withMilliseconds } from "./status.ts";

const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
const reply = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

test("decodeStatus() leaves out what older kernels do not send", () => {
  expect(decodeStatus(words(...reply))).toEqual({
    enabled: 1,
    failure: 2,
    pid: 3,
    rateLimit: 4,
    backlogLimit: 5,
    lost: 6,
    backlog: 7,
    featureBits: 8,
    backlogWaitTicks: 9,
    backlogWaitedTicks: 10,
  });
  expect(decodeStatus(words(...reply.slice(0, 10)))).not.toHaveProperty("backlogWaitedTicks");
  const oldest = decodeStatus(words(...reply.slice(0, 8)));
  expect(oldest.backlog).toBe(7);
  expect(oldest).not.toHaveProperty("featureBits");
  expect(oldest).not.toHaveProperty("backlogWaitTicks");
});

test("decodeStatus() refuses what is shorter than any kernel's, and takes a longer one", () => {
  for (let length = 0; length < 32; length++) {
    expect(() => decodeStatus(words(...reply).subarray(0, length))).toThrow(
      `Cannot decode struct audit_status: ${length} bytes, need 32`,
    );
  }
  expect(decodeStatus(words(...reply, 11)).backlogWaitedTicks).toBe(10);
});

test("encodeStatusChange() names what is set in the mask and sends the whole struct", () => {
  const bytes = encodeStatusChange({ enabled: 1, backlogLimit: 8192, backlogWaitTicks: 0 });
  expect([...new Uint32Array(bytes.buffer)]).toEqual([0x31, 1, 0, 0, 0, 8192, 0, 0, 0, 0, 0]);
});

test("encodeStatusChange() takes what cannot be undone only with leave", () => {
  expect(() => encodeStatusChange({ enabled: 2 })).toThrow(/enabled 2, which locks.*allowLock/u);
  expect(() => encodeStatusChange({ failure: 2 })).toThrow(/failure 2, which.*panic.*allowPanic/u);
  expect(() => encodeStatusChange({ enabled: 2 }, { allowPanic: true })).toThrow(RangeError);
  expect(new Uint32Array(encodeStatusChange({ enabled: 2 }, { allowLock: true }).buffer)[1]).toBe(
    2,
  );
  expect(new Uint32Array(encodeStatusChange({ failure: 2 }, { allowPanic: true }).buffer)[2]).toBe(
    2,
  );
});

test("encodeStatusChange() names a value that makes no sense", () => {
  expect(() => encodeStatusChange({ enabled: 3 }, { allowLock: true })).toThrow("got 3");
  for (const value of [-1, 1.5, NaN, 2 ** 32]) {
    expect(() => encodeStatusChange({ rateLimit: value })).toThrow(`got ${value}`);
  }
  const typo = { backlog_limit: 5 } as object;
  expect(() => encodeStatusChange(typo)).toThrow(
    /backlog_limit cannot be set; what can: enabled,/u,
  );
});

test("withMilliseconds() says how long the ticks are, where there are ticks", () => {
  const status = withMilliseconds(
    decodeStatus(words(0, ...reply.slice(1, 9), 15_000, 3)),
    4_000_000n,
  );
  expect(status).toMatchObject({ backlogWaitMs: 60_000, backlogWaitedMs: 12 });
  const old = withMilliseconds(decodeStatus(words(...reply.slice(0, 8))), 4_000_000n);
  expect(old).not.toHaveProperty("backlogWaitMs");
});
