import { SyscallError } from "@task-watchers/linux";
import { describe, expect, test, vi } from "vitest";
import { NetlinkConnection } from "./connection.ts";
import { encodeMessage, type NetlinkMessage } from "./message.ts";
import { scriptedKernel } from "./testing.ts";

/** A notification, unless the fields make it something else. */
function frame(fields: Partial<NetlinkMessage>): Uint8Array {
  const payload = new Uint8Array(0);
  return encodeMessage({ type: 100, flags: 0, sequence: 0, port: 0, payload, ...fields });
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("close()", () => {
  test("rejects what is pending, tells listeners, and may come twice", async () => {
    const kernel = scriptedKernel();
    const connection = new NetlinkConnection(kernel);
    const close = vi.fn();
    connection.listen({ message: () => {}, overrun: () => {}, close });
    const pending = failure(connection.request({ type: 18 }, { name: "GET" }));
    connection.close();
    connection.close();
    expect(await pending).toMatchObject({ code: "ECANCELED", syscall: "GET" });
    expect(close.mock.calls).toEqual([[undefined]]);
    expect(connection.closed).toBe(true);
    expect(kernel.closed).toBe(true);
  });

  test("refuses what comes after it", async () => {
    const connection = new NetlinkConnection(scriptedKernel());
    await connection[Symbol.asyncDispose]();
    const code = expect.objectContaining({ code: "ECANCELED" });
    expect(await failure(connection.request({ type: 18 }))).toEqual(code);
    expect(() => connection.send({ type: 18 })).toThrow(code);
    expect(() => connection.listen({ message: () => {}, overrun: () => {} })).toThrow(code);
    expect(connection.counters.received).toBe(0);
  });

  test("from inside a listener stops the messages behind", async () => {
    const kernel = scriptedKernel();
    const connection = new NetlinkConnection(kernel);
    const message = vi.fn(() => connection.close());
    connection.listen({ message, overrun: () => {} });
    kernel.push(Buffer.concat([frame({}), frame({})]));
    kernel.push(frame({}));
    await turn();
    expect(message).toHaveBeenCalledTimes(1);
    expect(connection.counters.received).toBe(1);
  });

  test("happens by itself when reading fails for good", async () => {
    const kernel = scriptedKernel();
    const connection = new NetlinkConnection(kernel);
    const pending = failure(connection.request({ type: 18 }));
    const stream = connection.messages();
    const reason = new SyscallError("recvmmsg", 9);
    vi.spyOn(kernel, "receive").mockImplementation(() => {
      throw reason;
    });
    kernel.push(frame({}));
    expect(await pending).toBe(reason);
    expect(await failure(stream.next())).toBe(reason);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(connection.closed).toBe(true);
  });
});
