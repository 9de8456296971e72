// Needs of the kernel: perf events on our own task, as kernel.perf_event_paranoid 2 allows anybody.
import { readFileSync } from "node:fs";
import { kernelTest, openDescriptors } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { FileDescriptor } from "./file-descriptor.ts";
import { MemoryMap, pageSize } from "./memory-map.ts";
import { openPerfEvent } from "./perf-event.ts";
import {
  disablePerfEvent,
  enablePerfEvent,
  perfEventId,
  readPerfEvent,
  redirectPerfOutput,
} from "./perf-event-control.ts";

/** A user-space cpu-clock on this thread and CPU 0, not started; read_format ID and LOST. */
function openClock(): FileDescriptor {
  const attributes = new Uint8Array(136);
  const words = new Uint32Array(attributes.buffer);
  words.set([1, 136, 0]);
  words[8] = 4 | 16; // read_format: PERF_FORMAT_ID, PERF_FORMAT_LOST
  words[10] = 0x1 | 0x20 | 0x40; // disabled, exclude_kernel, exclude_hv
  return openPerfEvent(attributes, { pid: 0, cpu: 0 });
}

kernelTest("A perf event's ring is mapped, and its control page says where the data is", [], () => {
  const before = openDescriptors();
  const event = openClock();
  const map = new MemoryMap(event, 3 * pageSize());
  const control = new BigUint64Array(map.buffer, 0, 132);
  // data_head, data_tail, data_offset, data_size: include/uapi/linux/perf_event.h
  expect([...control.subarray(128)]).toEqual([0n, 0n, BigInt(pageSize()), 2n * BigInt(pageSize())]);
  map.close();
  map.close();
  expect(() => map.buffer).toThrow(expect.objectContaining({ code: "EBADF" }));
  expect(readFileSync("/proc/self/maps", "utf8")).not.toContain("[perf_event]");
  event.close();
  expect(openDescriptors()).toEqual(before);
});

kernelTest("A ring that is no power of two of pages is refused", [], () => {
  using event = openClock();
  expect(() => new MemoryMap(event, 4 * pageSize())).toThrow(
    expect.objectContaining({ code: "EINVAL", syscall: "mmap" }),
  );
});

kernelTest("An event counts from its start to its stop, under its own number", [], () => {
  using event = openClock();
  const read = (): bigint[] => [...readPerfEvent(event, 3)];
  expect(read()).toEqual([0n, perfEventId(event), 0n]);
  expect(perfEventId(event)).toBeGreaterThan(0n);
  enablePerfEvent(event);
  disablePerfEvent(event);
  const [stopped] = read();
  for (let i = 0; i < 1e6; i++) Math.sqrt(i);
  expect(read()[0]).toBe(stopped);
});

kernelTest("An event writes into another's ring, of the same CPU alone", [], () => {
  using event = openClock();
  using other = openClock();
  using map = new MemoryMap(other, 2 * pageSize());
  redirectPerfOutput(event, other);
  // Its output is the other's: it cannot have a ring of its own size any more.
  expect(map.closed).toBe(false);
  using file = new FileDescriptor(-1);
  expect(() => redirectPerfOutput(event, file)).toThrow(expect.objectContaining({ code: "EBADF" }));
  expect(() => redirectPerfOutput(event, event)).toThrow(
    expect.objectContaining({ code: "EINVAL", syscall: "ioctl" }),
  );
});
