import { getEventListeners } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { u32Attribute } from "./attribute.ts";
import { NetlinkConnection } from "./connection.ts";
import { decodeMessages, encodeMessage, type NetlinkMessage } from "./message.ts";
import { NetlinkError } from "./netlink-error.ts";
import { acknowledge, endOfDump, replyTo, scriptedKernel } from "./testing.ts";

const ACK = 0x4;
const DUMP = 0x300;
const MULTI = 0x2;

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A notification, unless the fields make it something else. */
function frame(fields: Partial<NetlinkMessage>): Uint8Array {
  const payload = new Uint8Array(0);
  return encodeMessage({ type: 100, flags: 0, sequence: 0, port: 0, payload, ...fields });
}

describe("request()", () => {
  test("sends the header the kernel wants", async () => {
    const kernel = scriptedKernel((request) => [replyTo(request, { type: 100 })]);
    using connection = new NetlinkConnection(kernel);
    await connection.request({ type: 18, payload: Uint8Array.of(9) });
    const [sent] = decodeMessages(kernel.sent[0] ?? new Uint8Array(0));
    expect(sent).toEqual({
      type: 18,
      flags: 1, // request
      sequence: 1,
      port: 4242,
      payload: Uint8Array.of(9),
    });
  });

  test("ends with the first message when neither a dump nor an acknowledgement is asked for", async () => {
    using connection = new NetlinkConnection(
      scriptedKernel((request) => [replyTo(request, { type: 31 })]),
    );
    const reply = await connection.request({ type: 18 });
    expect(reply.messages.map((message) => message.type)).toEqual([31]);
    expect(reply).toMatchObject({ interrupted: false });
    expect(reply).not.toHaveProperty("result");
  });

  test("ends with the acknowledgement when one is asked for", async () => {
    const kernel = scriptedKernel((request) => [
      replyTo(request, { type: 31 }),
      acknowledge(request),
    ]);
    using connection = new NetlinkConnection(kernel);
    const reply = await connection.request({ type: 18, flags: ACK });
    expect(reply.messages).toHaveLength(1);
    expect(reply.result).toBe(0);
  });

  test("gives a positive acknowledgement as the result it is", async () => {
    using connection = new NetlinkConnection(
      scriptedKernel((request) => [acknowledge(request, 57)]),
    );
    expect((await connection.request({ type: 1001, flags: ACK })).result).toBe(57);
  });

  test("collects a dump over several datagrams until its end", async () => {
    const kernel = scriptedKernel((request) => {
      const part = replyTo(request, { type: 100, flags: MULTI });
      return [Buffer.concat([part, part]), part, endOfDump(request)];
    });
    using connection = new NetlinkConnection(kernel);
    const reply = await connection.request({ type: 16, flags: DUMP });
    expect(reply.messages).toHaveLength(3);
  });

  test("collects a list that was not asked for as a dump, as audit's rules", async () => {
    const end = frame({ type: 3, flags: MULTI, sequence: 1 });
    const kernel = scriptedKernel(() => [frame({ flags: MULTI, sequence: 1 }), end]);
    using connection = new NetlinkConnection(kernel);
    expect((await connection.request({ type: 1013 })).messages).toHaveLength(1);
  });

  test("collects a dump to its end even where a family forgets to mark its parts", async () => {
    const kernel = scriptedKernel((request) => {
      const part = replyTo(request, { type: 100 });
      return [part, part, endOfDump(request)];
    });
    using connection = new NetlinkConnection(kernel);
    expect((await connection.request({ type: 16, flags: DUMP })).messages).toHaveLength(2);
  });

  test("leaves neither a timer nor a listener behind", async () => {
    const kernel = scriptedKernel((request) => [replyTo(request, { type: 31 })]);
    using connection = new NetlinkConnection(kernel);
    const { signal } = new AbortController();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const reply = connection.request({ type: 18 }, { signal });
    expect([vi.getTimerCount(), getEventListeners(signal, "abort").length]).toEqual([1, 1]);
    await reply;
    expect([vi.getTimerCount(), getEventListeners(signal, "abort").length]).toEqual([0, 0]);
    vi.useRealTimers();
  });

  test("reports a dump that the kernel says was interrupted", async () => {
    const kernel = scriptedKernel((request) => [
      replyTo(request, { type: 100, flags: MULTI | 0x10 }),
      endOfDump(request),
    ]);
    using connection = new NetlinkConnection(kernel);
    const reply = await connection.request({ type: 16, flags: DUMP });
    expect(reply.interrupted).toBe(true);
  });

  test("fails with what the kernel refused and why", async () => {
    const payload = Buffer.concat([new Uint8Array(20), u32Attribute(2, 24)]);
    payload.writeInt32LE(-1);
    const kernel = scriptedKernel((request) => [
      replyTo(request, { type: 2, flags: 0x300, payload }),
    ]);
    using connection = new NetlinkConnection(kernel);
    const error = await failure(connection.request({ type: 31 }, { name: "TASKSTATS_CMD_GET" }));
    expect(error).toBeInstanceOf(NetlinkError);
    expect(error).toMatchObject({ code: "EPERM", syscall: "TASKSTATS_CMD_GET", offset: 24 });
  });

  test("fails with the error that ends a dump", async () => {
    const kernel = scriptedKernel((request) => [
      replyTo(request, { type: 100, flags: MULTI }),
      endOfDump(request, -19),
    ]);
    using connection = new NetlinkConnection(kernel);
    const error = await failure(connection.request({ type: 16, flags: DUMP }));
    expect(error).toMatchObject({ name: "NetlinkError", code: "ENODEV" });
  });

  test("keeps replies of requests in flight apart", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const first = connection.request({ type: 20 });
    const second = connection.request({ type: 21 });
    kernel.push(frame({ type: 51, sequence: 2, port: 4242 }));
    kernel.push(frame({ type: 50, sequence: 1, port: 4242 }));
    expect((await first).messages[0]?.type).toBe(50);
    expect((await second).messages[0]?.type).toBe(51);
  });

  test("does not take an answer to another port for its own", async () => {
    const kernel = scriptedKernel((request) => [
      frame({ type: 99, sequence: 1, port: 7 }),
      replyTo(request, { type: 31 }),
    ]);
    using connection = new NetlinkConnection(kernel);
    expect((await connection.request({ type: 18 })).messages[0]?.type).toBe(31);
    expect(connection.counters.unclaimed).toBe(1);
  });

  test("keeps the bytes of a reply after the next datagram has come", async () => {
    const kernel = scriptedKernel((request) => [
      replyTo(request, { type: 100, payload: Uint8Array.of(1, 2, 3, 4) }),
    ]);
    using connection = new NetlinkConnection(kernel);
    const reply = await connection.request({ type: 18 });
    kernel.push(frame({ payload: Uint8Array.of(9, 9, 9, 9) }));
    await turn();
    expect([...(reply.messages[0]?.payload ?? [])]).toEqual([1, 2, 3, 4]);
  });

  test("fails with what sending was refused for, and leaves nothing pending", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    kernel.refuse("send", 111);
    const error = await failure(connection.request({ type: 18 }));
    expect(error).toMatchObject({ name: "SyscallError", code: "ECONNREFUSED", syscall: "sendto" });
    expect(kernel.referenced).toBe(false);
  });

  test("gives up after its time", async () => {
    const kernel = scriptedKernel();
    kernel.silent = true;
    using connection = new NetlinkConnection(kernel);
    const error = await failure(connection.request({ type: 18 }, { timeoutMs: 20, name: "GET" }));
    expect(error).toMatchObject({ name: "SyscallError", code: "ETIMEDOUT", syscall: "GET" });
    expect(kernel.referenced).toBe(false);
  });

  test("gives up when it is aborted, with the signal's reason", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const controller = new AbortController();
    const pending = failure(connection.request({ type: 18 }, { signal: controller.signal }));
    controller.abort("enough");
    expect(await pending).toBe("enough");
    expect(await failure(connection.request({ type: 18 }, { signal: controller.signal }))).toBe(
      "enough",
    );
    expect(kernel.sent).toHaveLength(1);
  });

  test.each([0, -1, Number.NaN, Infinity, 2 ** 31])("refuses to wait %d ms", async (timeoutMs) => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    expect(await failure(connection.request({ type: 18 }, { timeoutMs }))).toBeInstanceOf(
      RangeError,
    );
    expect(kernel.sent).toHaveLength(0);
  });

  test("hands an answer that comes after it gave up to the listeners", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const message = vi.fn();
    connection.listen({ message, overrun: () => {} });
    await failure(connection.request({ type: 18 }, { timeoutMs: 1 }));
    kernel.push(replyTo(kernel.sent[0] ?? new Uint8Array(0), { type: 31 }));
    await turn();
    expect(message).toHaveBeenCalledTimes(1);
  });
});
