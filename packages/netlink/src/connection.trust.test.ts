import { describe, expect, test } from "vitest";
import { NetlinkConnection } from "./connection.ts";
import { encodeMessage, type NetlinkMessage } from "./message.ts";
import { acknowledge, replyTo, scriptedKernel } from "./testing.ts";

/** A notification, unless the fields make it something else. */
function frame(fields: Partial<NetlinkMessage>): Uint8Array {
  const payload = new Uint8Array(0);
  return encodeMessage({ type: 100, flags: 0, sequence: 0, port: 0, payload, ...fields });
}

function collect(connection: NetlinkConnection): { types: number[]; losses: number[] } {
  const heard = { types: [] as number[], losses: [] as number[] };
  connection.listen({
    message: (message) => heard.types.push(message.type),
    overrun: (error) => heard.losses.push(error.lost),
  });
  return heard;
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("what cannot be trusted", () => {
  test("an answer from another process is dropped and counted", async () => {
    const kernel = scriptedKernel((request, self) => {
      self.push(acknowledge(request, -1), 999);
      return [replyTo(request, { type: 31 })];
    });
    using connection = new NetlinkConnection(kernel);
    expect((await connection.request({ type: 18 })).messages[0]?.type).toBe(31);
    expect(connection.counters).toMatchObject({ spoofed: 1, received: 1 });
  });

  test.each([
    ["nothing", new Uint8Array(0)],
    ["a header cut off", new Uint8Array(12)],
    ["a length that never advances", new Uint8Array(64)],
  ])("%s is counted and does not stop the next message", async (_, bytes) => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const heard = collect(connection);
    kernel.push(bytes);
    kernel.push(frame({ type: 31 }));
    await turn();
    expect(heard.types).toEqual([31]);
    expect(connection.counters).toMatchObject({ malformed: 1, received: 1 });
  });

  test("an answer longer than its slot fails the request instead of leaving it waiting", async () => {
    const kernel = scriptedKernel(
      (request) => [replyTo(request, { type: 100, payload: new Uint8Array(100) })],
      { datagramBytes: 64 },
    );
    using connection = new NetlinkConnection(kernel);
    const error = await failure(connection.request({ type: 18 }));
    expect(error).toEqual(new RangeError("Cannot decode message of type 100: 64 bytes, need 116"));
    expect(connection.counters.malformed).toBe(1);
  });

  test("an answer cut off between two messages fails the request, too", async () => {
    const kernel = scriptedKernel(
      (request) => {
        const part = replyTo(request, { type: 100, flags: 2 });
        return [Buffer.concat([part, part])];
      },
      { datagramBytes: 16 },
    );
    using connection = new NetlinkConnection(kernel);
    expect(await failure(connection.request({ type: 16, flags: 0x300 }))).toEqual(
      new RangeError("Cannot decode datagram: longer than the 16 bytes kept"),
    );
  });

  test("an acknowledgement cut off fails its request alone", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const first = failure(connection.request({ type: 18, flags: 4 }));
    const second = connection.request({ type: 18, flags: 4 });
    kernel.push(frame({ type: 2, sequence: 1, payload: new Uint8Array(4) }));
    kernel.push(acknowledge(kernel.sent[1] ?? new Uint8Array(0)));
    expect(await first).toBeInstanceOf(RangeError);
    expect((await second).result).toBe(0);
  });

  test("a NOOP is nobody's", async () => {
    const kernel = scriptedKernel((request) => [
      replyTo(request, { type: 1 }),
      replyTo(request, { type: 31 }),
    ]);
    using connection = new NetlinkConnection(kernel);
    const heard = collect(connection);
    expect((await connection.request({ type: 18 })).messages).toHaveLength(1);
    expect(heard.types).toEqual([]);
  });
});

describe("options and groups", () => {
  test("asks for the kernel's words, and does without on a kernel that has none", () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    connection.join(1);
    expect(kernel.enabled).toEqual([11, 10]);
    expect(kernel.joined).toEqual([1]);
    const old = scriptedKernel();
    old.refuse("enable", 92);
    expect(() => new NetlinkConnection(old)).not.toThrow();
    const closed = scriptedKernel();
    closed.refuse("enable", 9);
    expect(() => new NetlinkConnection(closed)).toThrow(expect.objectContaining({ code: "EBADF" }));
  });

  test("passes on that a group was refused", () => {
    const kernel = scriptedKernel();
    kernel.refuse("join", 1);
    using connection = new NetlinkConnection(kernel);
    expect(() => connection.join(1)).toThrow(expect.objectContaining({ code: "EPERM" }));
  });

  test("reads audit's records, whose length leaves out the header", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel, { lengthMayLackHeader: true });
    const texts: string[] = [];
    connection.listen({
      message: ({ payload }) => texts.push(Buffer.from(payload).toString()),
      overrun: () => {},
    });
    const record = frame({ type: 1320, payload: Buffer.from("abcd") });
    record[0] = 4;
    kernel.push(record);
    await turn();
    expect(texts).toEqual(["abcd"]);
  });
});
