import { describe, expect, test, vi } from "vitest";
import { NetlinkConnection, type NetlinkListener } from "./connection.ts";
import { encodeMessage, type NetlinkMessage } from "./message.ts";
import { OverrunError } from "./overrun-error.ts";
import { acknowledge, replyTo, scriptedKernel, type ScriptedKernel } from "./testing.ts";

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

describe("listen()", () => {
  test("hears notifications, whatever their type", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const heard = collect(connection);
    for (const type of [16, 2, 3]) kernel.push(frame({ type, port: 0 }));
    await turn();
    expect(heard.types).toEqual([16, 2, 3]);
    expect(connection.counters).toMatchObject({ received: 3, unclaimed: 0 });
  });

  test("hears what a request of the same connection changed, which is no answer to it", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    connection.join(5);
    const heard = collect(connection);
    const asked = connection.request({ type: 20, flags: 4 });
    const { portId: port } = connection;
    kernel.push(frame({ type: 20, sequence: 1, port }), 0, 1 << 4);
    // Cut off: whoever waits for an answer is not concerned.
    kernel.push(frame({ type: 20, sequence: 1, port }).subarray(0, 15), 0, 1 << 4);
    kernel.push(acknowledge(kernel.sent[0] ?? new Uint8Array(), 0));
    expect((await asked).messages).toEqual([]);
    expect(heard.types).toEqual([20]);
    expect(connection.counters.malformed).toBe(1);
  });

  test("counts what nobody listens to", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    kernel.push(frame({}));
    await turn();
    expect(connection.counters.unclaimed).toBe(1);
  });

  test("a listener that leaves in the middle of a message hears nothing more; one that joins, the next", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const late: NetlinkListener = { message: vi.fn(), overrun: vi.fn() };
    const second: NetlinkListener = { message: vi.fn(), overrun: vi.fn() };
    const undoFirst = connection.listen({
      message: () => {
        undoFirst();
        undoSecond();
        connection.listen(late);
      },
      overrun: vi.fn(),
    });
    const undoSecond = connection.listen(second);
    kernel.push(frame({}));
    kernel.push(frame({}));
    await turn();
    expect(second.message).not.toHaveBeenCalled();
    expect(late.message).toHaveBeenCalledTimes(1);
  });

  test("refuses the same listener twice", () => {
    using connection = new NetlinkConnection(scriptedKernel());
    const listener: NetlinkListener = { message: vi.fn(), overrun: vi.fn() };
    connection.listen(listener);
    expect(() => connection.listen(listener)).toThrow(expect.objectContaining({ code: "EEXIST" }));
  });

  test("an undo called late does not end a new registration of the same listener", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const listener: NetlinkListener = { message: vi.fn(), overrun: vi.fn() };
    const undo = connection.listen(listener);
    undo();
    connection.listen(listener);
    undo();
    kernel.push(frame({}));
    await turn();
    expect(listener.message).toHaveBeenCalledTimes(1);
  });

  test("an exception becomes an uncaught one and silences nobody", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    const mistake = new Error("a listener's mistake");
    const uncaught: unknown[] = [];
    // Before the test runner's own listeners, which would fail the run.
    process.setUncaughtExceptionCaptureCallback((error) => uncaught.push(error));
    try {
      connection.listen({
        message: () => {
          throw mistake;
        },
        overrun: vi.fn(),
      });
      const heard = collect(connection);
      kernel.push(frame({ type: 16 }));
      kernel.push(frame({ type: 17 }));
      await vi.waitFor(() => expect(uncaught).toEqual([mistake, mistake]));
      expect(heard.types).toEqual([16, 17]);
    } finally {
      process.setUncaughtExceptionCaptureCallback(null);
    }
  });
});

describe("keeping the process alive", () => {
  test("only while a request is pending or somebody listens", async () => {
    const kernel = scriptedKernel((request) => [replyTo(request, { type: 100 })]);
    using connection = new NetlinkConnection(kernel);
    expect(kernel.referenced).toBe(false);
    const reply = connection.request({ type: 18 });
    expect(kernel.referenced).toBe(true);
    await reply;
    expect(kernel.referenced).toBe(false);
    const undo = connection.listen({ message: () => {}, overrun: () => {} });
    expect(kernel.referenced).toBe(true);
    undo();
    expect(kernel.referenced).toBe(false);
  });

  test("not for a listener that asks not to", () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    connection.listen({ message: () => {}, overrun: () => {} }, { keepAlive: false });
    expect(kernel.referenced).toBe(false);
  });
});

describe("messages()", () => {
  test("yields messages and losses in order, and ends with the connection", async () => {
    const kernel: ScriptedKernel = scriptedKernel();
    const connection = new NetlinkConnection(kernel);
    const stream = connection.messages();
    kernel.push(frame({ type: 16, payload: Uint8Array.of(1) }));
    kernel.overrun(3);
    await turn();
    kernel.push(frame({ type: 17, payload: Uint8Array.of(2) }));
    await turn();
    connection.close();
    const seen: string[] = [];
    for await (const item of stream) {
      seen.push(
        item instanceof OverrunError ? `lost ${item.lost}` : `${item.type}:${item.payload[0]}`,
      );
    }
    expect(seen).toEqual(["16:1", "lost 3", "17:2"]);
  });

  test("stops listening when its reader leaves the loop", async () => {
    const kernel = scriptedKernel();
    using connection = new NetlinkConnection(kernel);
    kernel.push(frame({}));
    for await (const item of connection.messages()) {
      expect(item).toMatchObject({ type: 100 });
      break;
    }
    expect(kernel.referenced).toBe(false);
  });
});
