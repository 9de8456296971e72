import { scriptedKernel, type ScriptedKernel } from "@task-watchers/netlink/testing";
import { expect, test, vi } from "vitest";
import { RECORD_SLOT_BYTES, RecordReader } from "./record-reader.ts";

/** A record as the kernel multicasts it; to a daemon its length leaves out the header. */
function datagram(type: number, text: string, length = 16 + text.length): Uint8Array {
  const bytes = new Uint8Array(16 + text.length);
  new Uint32Array(bytes.buffer, 0, 1)[0] = length;
  new Uint16Array(bytes.buffer, 4, 1)[0] = type;
  bytes.set(Buffer.from(text, "latin1"), 16);
  return bytes;
}

interface Opened {
  readonly kernel: ScriptedKernel;
  readonly reader: RecordReader;
  /** What was told: a record as its type and text, a loss as its count. */
  readonly told: unknown[];
  readonly controls: number[];
}

function open(options: { queueLimit?: number; queueBytes?: number; drops?: number } = {}): Opened {
  const kernel = scriptedKernel(undefined, {
    datagramBytes: RECORD_SLOT_BYTES,
    batch: 4,
    ...options,
  });
  const told: unknown[] = [];
  const controls: number[] = [];
  const reader = new RecordReader(
    kernel,
    {
      record: (type, text) => told.push([type, text]),
      lost: ({ count }) => told.push(count),
    },
    {
      fail: (error) => told.push(error),
      control: (type) => controls.push(type),
      ...(options.queueBytes !== undefined && { queueBytes: options.queueBytes }),
    },
  );
  return { kernel, reader, told, controls };
}

test("RecordReader tells type and text, whatever the length in the header says", () => {
  const { kernel, reader, told } = open();
  kernel.push(datagram(1300, "audit(1.000:1): a=\xe9\xff"));
  kernel.push(datagram(1307, "audit(1.000:1): cwd", 19));
  kernel.push(datagram(1320, ""));
  kernel.push(datagram(1112, "old user space\0"));
  expect(reader.drain()).toBe(4);
  expect(told).toEqual([
    [1300, "audit(1.000:1): a=\xe9\xff"],
    [1307, "audit(1.000:1): cwd"],
    [1320, ""],
    [1112, "old user space"],
  ]);
  expect(reader.counters).toMatchObject({ told: 4, queued: 0, lost: 0 });
});

test("RecordReader counts and drops what is not from the kernel, and what is no record", () => {
  const { kernel, reader, told, controls } = open();
  kernel.push(datagram(1300, "forged"), 77);
  kernel.push(new Uint8Array(15));
  kernel.push(datagram(1329, "ping"));
  kernel.push(datagram(2, "ack!"));
  expect(reader.drain()).toBe(0);
  expect(told).toEqual([]);
  expect(controls).toEqual([1329, 2]);
  expect(reader.counters).toMatchObject({ spoofed: 1, malformed: 1, told: 0 });
});

test("RecordReader tells what fits of a record that is too long", () => {
  const { kernel, reader, told } = open();
  kernel.push(datagram(1300, "x".repeat(RECORD_SLOT_BYTES)));
  reader.drain();
  expect(told).toEqual([[1300, "x".repeat(RECORD_SLOT_BYTES - 16)]]);
  expect(reader.counters.truncated).toBe(1);
});

test("RecordReader tells a loss behind what came before it, and goes on", () => {
  const { kernel, reader, told } = open({ drops: 0xffff_fffe });
  for (const text of ["1", "2", "3", "4", "5", "6"]) kernel.push(datagram(1300, text));
  kernel.overrun(5);
  expect(reader.drain()).toBe(6);
  kernel.push(datagram(1300, "7"));
  reader.drain();
  expect(told.slice(5)).toEqual([[1300, "6"], 5, [1300, "7"]]);
  expect(reader.counters).toMatchObject({ told: 7, lost: 5, overruns: 1 });
});

test("RecordReader stops reading when its own queue is full, so that the kernel counts", () => {
  const { kernel, reader, told } = open({ queueLimit: 8, queueBytes: 200 });
  for (let i = 0; i < 8; i++) kernel.push(datagram(1300, "x"));
  reader.receive();
  expect(reader.counters.queued).toBe(8);
  for (let i = 0; i < 20; i++) kernel.push(datagram(1300, "y"));
  reader.receive();
  expect(reader.counters).toMatchObject({ queued: 8, told: 0, lost: 12 });
  reader.drain();
  expect(reader.counters).toMatchObject({ queued: 0, told: 16, lost: 12 });
  expect(told.at(-1)).toBe(12);
});

test("RecordReader does not tell a listener more while it is being told", () => {
  const kernel = scriptedKernel();
  const told: string[] = [];
  const reader: RecordReader = new RecordReader(
    kernel,
    {
      record: (_type, text) => {
        told.push(text);
        expect(reader.drain()).toBe(0);
      },
      lost: () => {},
    },
    { fail: () => {} },
  );
  kernel.push(datagram(1300, "a"));
  kernel.push(datagram(1300, "b"));
  expect(reader.drain()).toBe(2);
  expect(told).toEqual(["a", "b"]);
});

test("RecordReader that its listener closes tells nothing more", () => {
  const kernel = scriptedKernel();
  const told: string[] = [];
  const reader: RecordReader = new RecordReader(
    kernel,
    {
      record: (_type, text) => {
        told.push(text);
        reader.close();
      },
      lost: () => {},
    },
    { fail: () => {} },
  );
  kernel.push(datagram(1300, "a"));
  kernel.push(datagram(1300, "b"));
  reader.drain();
  expect(told).toEqual(["a"]);
  expect(kernel.closed).toBe(true);
});

test("RecordReader that cannot read any more closes and says why", () => {
  const { kernel, reader, told } = open();
  vi.spyOn(kernel, "receive").mockImplementation(() => {
    throw Object.assign(new Error("gone"), { code: "EBADF" });
  });
  reader.drain();
  expect(told).toEqual([expect.objectContaining({ message: "gone" })]);
  expect(kernel.closed).toBe(true);
});

test("RecordReader does not wake up to read while somebody else does", async () => {
  vi.useFakeTimers();
  try {
    const { kernel, reader, told } = open();
    Object.assign(kernel, { receiveBufferBytes: 16_777_216 });
    reader.start();
    for (let i = 0; i < 20; i++) {
      kernel.push(datagram(1300, String(i)));
      await vi.advanceTimersByTimeAsync(60);
      reader.drain();
    }
    expect(told).toHaveLength(20);
    expect(reader.counters.wakeUps).toBe(1);
    kernel.push(datagram(1300, "20"));
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toHaveLength(21);
    reader.close();
  } finally {
    vi.useRealTimers();
  }
});

test("RecordReader reads in few wake-ups as long as records come, and then waits", async () => {
  vi.useFakeTimers();
  try {
    const { kernel, reader, told } = open();
    // A small one would have to be read more often.
    Object.assign(kernel, { receiveBufferBytes: 16_777_216 });
    reader.start();
    for (let i = 0; i < 50; i++) {
      kernel.push(datagram(1300, String(i)));
      await vi.advanceTimersByTimeAsync(1);
    }
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toHaveLength(50);
    expect(reader.counters.wakeUps).toBe(2);
    await vi.advanceTimersByTimeAsync(1000);
    // One that found nothing.
    expect(reader.counters.wakeUps).toBe(3);
    expect(kernel.referenced).toBe(true);
    reader.unref();
    expect(kernel.referenced).toBe(false);
    reader.close();
    reader.close();
    expect(kernel.closed).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});
