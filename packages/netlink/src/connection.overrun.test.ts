import { SyscallError } from "@task-watchers/linux";
import { describe, expect, test, vi } from "vitest";
import { NetlinkConnection } from "./connection.ts";
import { decodeMessages, encodeMessage, type NetlinkMessage } from "./message.ts";
import { OverrunError } from "./overrun-error.ts";
import { replyTo, scriptedKernel } from "./testing.ts";

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

describe("overrun", () => {
  test("comes after what was queued before it, with the exact count", async () => {
    const kernel = scriptedKernel(undefined, { queueLimit: 3 });
    using connection = new NetlinkConnection(kernel);
    const order: (number | OverrunError)[] = [];
    connection.listen({
      message: (message) => order.push(message.type),
      overrun: (error) => order.push(error),
    });
    for (let type = 16; type < 26; type++) kernel.push(frame({ type }));
    await turn();
    expect(order).toEqual([16, 17, 18, new OverrunError(7)]);
    expect(connection.counters.lost).toBe(7);
    kernel.push(frame({ type: 30 }));
    await turn();
    expect(order.at(-1)).toBe(30);
  });

  test("does not leave the socket deaf when the queue was empty at the error", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const heard = collect(connection);
    kernel.overrun(5);
    await turn();
    kernel.push(frame({ type: 31 }));
    await turn();
    expect(heard).toEqual({ types: [31], losses: [5] });
  });

  test("counts across the end of the kernel's 32-bit counter", async () => {
    const kernel = scriptedKernel(undefined, { drops: 0xffff_fffe });
    using connection = new NetlinkConnection(kernel);
    const heard = collect(connection);
    kernel.overrun(5);
    await turn();
    expect(heard.losses).toEqual([5]);
  });

  test("counts each episode by itself", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const heard = collect(connection);
    kernel.overrun(5);
    kernel.overrun(2);
    await turn();
    kernel.overrun(1);
    await turn();
    expect(heard.losses).toEqual([7, 1]);
    expect(connection.counters.lost).toBe(8);
  });

  test("is reported even where the kernel could not count it", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const heard = collect(connection);
    kernel.overrun(0);
    await turn();
    expect(heard.losses).toEqual([0]);
  });

  test("fails a request whose answer may be lost, but not one whose answer was queued", async () => {
    const kernel = scriptedKernel((request, self) => {
      const [message] = decodeMessages(request);
      if (message?.type === 18) return [replyTo(request, { type: 31 })];
      self.overrun(1);
      return [];
    });
    using connection = new NetlinkConnection(kernel);
    const answered = connection.request({ type: 18 });
    const lost = failure(connection.request({ type: 19 }));
    expect((await answered).messages[0]?.type).toBe(31);
    expect(await lost).toEqual(new OverrunError(1));
  });
});

describe("a flood", () => {
  test("is read to the end, but other work comes in between", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const received = vi.fn();
    connection.listen({ message: received, overrun: () => {} });
    const datagram = frame({});
    for (let i = 0; i < 10_000; i++) kernel.push(datagram);
    const atEachTurn: number[] = [];
    while (received.mock.calls.length < 10_000) {
      await new Promise((resolve) => setImmediate(resolve));
      atEachTurn.push(received.mock.calls.length);
    }
    expect(atEachTurn).toContain(4096);
    expect(atEachTurn).toContain(8192);
  });

  test("of errors is interrupted, too", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const receive = vi.spyOn(kernel, "receive").mockImplementation(() => {
      throw new SyscallError("recvmmsg", 105);
    });
    kernel.overrun(1);
    await turn();
    receive.mockRestore();
    const heard = collect(connection);
    await turn();
    expect(heard.losses).toEqual([1]);
  });
});
