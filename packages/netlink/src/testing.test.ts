import { describe, expect, test, vi } from "vitest";
import { acknowledge, endOfDump, replyTo, scriptedKernel } from "./testing.ts";

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe("scriptedKernel()", () => {
  test("hands over what is sent and queues what is answered", () => {
    const kernel = scriptedKernel((datagram) => [datagram, Uint8Array.of(9)]);
    kernel.send(Uint8Array.of(1, 2));
    expect(kernel.sent).toEqual([Uint8Array.of(1, 2)]);
    expect(kernel.receive()).toBe(2);
    expect([...kernel.datagrams.datagram(0)]).toEqual([1, 2]);
    expect([...kernel.datagrams.datagram(1)]).toEqual([9]);
    expect(kernel.receive()).toBe(0);
  });

  test("lays datagrams out in slots, by words in the machine's order", () => {
    const kernel = scriptedKernel(undefined, { datagramBytes: 16 });
    kernel.push(Uint8Array.of(1, 0, 0, 0));
    kernel.push(Uint8Array.of(0, 0, 0, 0, 2, 1, 0, 0), 77);
    expect(kernel.receive()).toBe(2);
    const { words, size } = kernel.datagrams;
    expect(size).toBe(16);
    expect(words[0]).toBe(1);
    expect(words[(1 * size) / 4 + 1]).toBe(0x102);
    expect([kernel.datagrams.length(0), kernel.datagrams.length(1)]).toEqual([4, 8]);
    expect([kernel.datagrams.senderPort(0), kernel.datagrams.senderPort(1)]).toEqual([0, 77]);
  });

  test("gives at most a batch at once, and refuses to say of others", () => {
    const kernel = scriptedKernel(undefined, { batch: 2 });
    for (let i = 0; i < 3; i++) kernel.push(Uint8Array.of(i));
    expect(kernel.queued).toBe(3);
    expect([kernel.receive(), kernel.receive(), kernel.receive()]).toEqual([2, 1, 0]);
    expect(() => kernel.datagrams.length(0)).toThrow(RangeError);
  });

  test("cuts and marks what is longer than its slot", () => {
    const kernel = scriptedKernel(undefined, { datagramBytes: 8 });
    kernel.push(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
    kernel.push(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    kernel.receive();
    expect([kernel.datagrams.truncated(0), kernel.datagrams.truncated(1)]).toEqual([true, false]);
    expect([kernel.datagrams.length(0), kernel.datagrams.length(1)]).toEqual([8, 8]);
  });

  test("reports an overrun once and first, then what was queued, then is open again", () => {
    const kernel = scriptedKernel(undefined, { queueLimit: 1 });
    for (let i = 0; i < 4; i++) kernel.push(Uint8Array.of(i));
    expect(() => kernel.receive()).toThrow(expect.objectContaining({ code: "ENOBUFS" }));
    kernel.push(Uint8Array.of(4));
    expect(kernel.receive()).toBe(1);
    expect(kernel.drops()).toBe(4);
    kernel.push(Uint8Array.of(5));
    expect(kernel.receive()).toBe(1);
    expect([...kernel.datagrams.datagram(0)]).toEqual([5]);
  });

  test("stays deaf when the error was taken and nothing read after it", () => {
    const kernel = scriptedKernel();
    kernel.overrun(1);
    expect(() => kernel.receive()).toThrow(expect.objectContaining({ code: "ENOBUFS" }));
    kernel.push(Uint8Array.of(1));
    expect(kernel.queued).toBe(0);
    expect(kernel.receive()).toBe(0);
    kernel.push(Uint8Array.of(2));
    expect(kernel.queued).toBe(1);
    expect(kernel.drops()).toBe(2);
  });

  test("wraps its drop counter as the kernel does", () => {
    const kernel = scriptedKernel(undefined, { drops: 0xffff_ffff });
    kernel.overrun(2);
    expect(kernel.drops()).toBe(1);
  });

  test("goes silent without a sign", () => {
    const handler = vi.fn(() => []);
    const kernel = scriptedKernel(handler);
    kernel.silent = true;
    kernel.send(Uint8Array.of(1));
    kernel.push(Uint8Array.of(1));
    expect([kernel.queued, kernel.drops(), handler.mock.calls.length]).toEqual([0, 0, 0]);
  });

  test("refuses calls, and allows them again", () => {
    const kernel = scriptedKernel();
    kernel.refuse("send", 1);
    expect(() => kernel.send(Uint8Array.of(1))).toThrow(
      expect.objectContaining({ code: "EPERM", syscall: "sendto" }),
    );
    kernel.refuse("send", undefined);
    kernel.send(Uint8Array.of(1));
    expect(kernel.sent).toHaveLength(1);
    kernel.join(1);
    kernel.enable(11);
    expect([kernel.joined, kernel.enabled]).toEqual([[1], [11]]);
  });

  test("calls back later, again while something is queued, and not while stopped", async () => {
    const kernel = scriptedKernel(undefined, { batch: 1 });
    const listener = vi.fn(() => void kernel.receive());
    const signal = kernel.onReadable(listener);
    kernel.push(Uint8Array.of(1));
    kernel.push(Uint8Array.of(2));
    expect(listener).not.toHaveBeenCalled();
    await turn();
    expect(listener).toHaveBeenCalledTimes(2);
    signal.stop();
    kernel.push(Uint8Array.of(3));
    await turn();
    expect(listener).toHaveBeenCalledTimes(2);
    signal.start();
    await turn();
    expect(listener).toHaveBeenCalledTimes(3);
  });

  test("is readable for an error without a datagram", async () => {
    const kernel = scriptedKernel();
    const listener = vi.fn(() => {
      expect(() => kernel.receive()).toThrow(expect.objectContaining({ code: "ENOBUFS" }));
    });
    kernel.onReadable(listener);
    kernel.overrun(1);
    await turn();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test("is readable at once for what was queued before somebody watched", async () => {
    const kernel = scriptedKernel();
    kernel.push(Uint8Array.of(1));
    const listener = vi.fn(() => void kernel.receive());
    kernel.onReadable(listener);
    await turn();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test("says whether it would keep the process alive", () => {
    const kernel = scriptedKernel();
    expect(kernel.referenced).toBe(false);
    const signal = kernel.onReadable(() => {});
    expect(kernel.referenced).toBe(true);
    signal.unref();
    expect(kernel.referenced).toBe(false);
    signal.ref();
    signal.stop();
    expect(kernel.referenced).toBe(false);
  });

  test("is closed for good", async () => {
    const kernel = scriptedKernel();
    const listener = vi.fn();
    kernel.onReadable(listener);
    kernel.push(Uint8Array.of(1));
    kernel.close();
    kernel.close();
    await turn();
    expect(listener).not.toHaveBeenCalled();
    const code = expect.objectContaining({ code: "EBADF" });
    expect(() => kernel.receive()).toThrow(code);
    expect(() => kernel.send(Uint8Array.of(1))).toThrow(code);
    expect(() => kernel.drops()).toThrow(code);
    expect(kernel.closed).toBe(true);
  });

  test("refuses slots that words do not fill", () => {
    expect(() => scriptedKernel(undefined, { datagramBytes: 12 })).toThrow(RangeError);
  });
});

describe("replies", () => {
  const request = Uint8Array.from(
    [
      [16, 0, 0, 0], // length
      [18, 0], // type
      [1, 0], // flags: request
      [7, 0, 0, 0], // sequence
      [0x92, 0x10, 0, 0], // port 4242
    ].flat(),
  );

  test("replyTo() takes sequence and port from its request", () => {
    expect([...replyTo(request, { type: 31, payload: Uint8Array.of(9) })]).toEqual(
      [
        [17, 0, 0, 0], // length
        [31, 0], // type
        [0, 0], // flags
        [7, 0, 0, 0], // sequence
        [0x92, 0x10, 0, 0], // port
        [9, 0, 0, 0], // payload, padding
      ].flat(),
    );
  });

  test("acknowledge() carries the number and the request's header", () => {
    const bytes = acknowledge(request, -1);
    expect([...bytes.subarray(0, 8)]).toEqual([36, 0, 0, 0, 2, 0, 0, 1]);
    expect([...bytes.subarray(16, 20)]).toEqual([0xff, 0xff, 0xff, 0xff]);
    expect(bytes.subarray(20)).toEqual(request);
  });

  test("endOfDump() ends a multipart reply", () => {
    expect([...endOfDump(request).subarray(0, 8)]).toEqual([20, 0, 0, 0, 3, 0, 2, 0]);
  });
});
