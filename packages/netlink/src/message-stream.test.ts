import { describe, expect, test, vi } from "vitest";
import type { NetlinkMessage } from "./message.ts";
import { MessageStream, type StreamItem } from "./message-stream.ts";
import { OverrunError } from "./overrun-error.ts";

const message = (type: number): NetlinkMessage => ({
  type,
  flags: 0,
  sequence: 0,
  port: 0,
  payload: new Uint8Array(0),
});

async function all(stream: MessageStream): Promise<string[]> {
  const seen: string[] = [];
  for await (const item of stream) seen.push(describeItem(item));
  return seen;
}

const describeItem = (item: StreamItem): string =>
  item instanceof OverrunError ? `${item.queue} lost ${item.lost}` : `${item.type}`;

describe("MessageStream", () => {
  test("wakes a reader that waits", async () => {
    const stream = new MessageStream(10, () => {});
    const next = stream.next();
    stream.push(message(16));
    expect((await next).value).toMatchObject({ type: 16 });
  });

  test("drops the newest beyond its limit and puts their count in their place", async () => {
    const stream = new MessageStream(2, () => {});
    for (let type = 16; type < 21; type++) stream.push(message(type));
    expect(stream.dropped).toBe(3);
    expect((await stream.next()).value).toMatchObject({ type: 16 });
    stream.push(message(30));
    stream.end();
    expect(await all(stream)).toEqual(["17", "stream lost 3", "30"]);
  });

  test("keeps a loss of the kernel's that comes while it is full, and stays bounded", async () => {
    const stream = new MessageStream(1, () => {});
    stream.push(message(16));
    for (let i = 0; i < 1000; i++) {
      stream.push(message(17));
      stream.push(new OverrunError(2));
    }
    stream.end();
    expect(await all(stream)).toEqual(["16", "stream lost 1000", "socket lost 2000"]);
  });

  test("keeps a loss that could not be counted", async () => {
    const stream = new MessageStream(1, () => {});
    stream.push(message(16));
    stream.push(new OverrunError(0));
    stream.end();
    expect(await all(stream)).toEqual(["16", "socket lost 0"]);
  });

  test("gives what is queued before the error that ended it", async () => {
    const stream = new MessageStream(10, () => {});
    stream.push(message(16));
    stream.end(new Error("gone"));
    stream.push(message(17));
    expect((await stream.next()).value).toMatchObject({ type: 16 });
    await expect(stream.next()).rejects.toThrow("gone");
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test("forgets everything when its reader has had enough", async () => {
    const onReturn = vi.fn();
    const stream = new MessageStream(10, onReturn);
    stream.push(message(16));
    await stream[Symbol.asyncDispose]();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(onReturn).toHaveBeenCalled();
  });

  test("refuses two readers at once", async () => {
    const stream = new MessageStream(10, () => {});
    const first = stream.next();
    await expect(stream.next()).rejects.toThrow("already being read");
    stream.push(message(16));
    expect((await first).value).toMatchObject({ type: 16 });
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses a limit of %d", (limit) => {
    expect(() => new MessageStream(limit, () => {})).toThrow(RangeError);
  });
});
