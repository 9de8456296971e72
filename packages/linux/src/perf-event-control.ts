import { readSync } from "node:fs";
import type { FileDescriptor } from "./file-descriptor.ts";
import { libc, type Pointer } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";

// include/uapi/linux/perf_event.h
const PERF_EVENT_IOC_ENABLE = 0x2400;
const PERF_EVENT_IOC_DISABLE = 0x2401;
const PERF_EVENT_IOC_SET_OUTPUT = 0x2405;
const PERF_EVENT_IOC_ID = 0x8008_2407;

/** Lets an event count, with all that inherited it. */
export function enablePerfEvent(event: FileDescriptor): void {
  control(event, PERF_EVENT_IOC_ENABLE, null);
}

/** Stops an event, with all that inherited it. */
export function disablePerfEvent(event: FileDescriptor): void {
  control(event, PERF_EVENT_IOC_DISABLE, null);
}

/**
 * Has an event write its records into another's ring.
 *
 * @throws SyscallError `EINVAL` when the two are of different CPUs or clocks, or the event has a ring of its own
 */
export function redirectPerfOutput(event: FileDescriptor, to: FileDescriptor): void {
  control(event, PERF_EVENT_IOC_SET_OUTPUT, BigInt(to.number));
}

/** The number that stands for an event in its records. */
export function perfEventId(event: FileDescriptor): bigint {
  const id = new BigUint64Array(1);
  control(event, PERF_EVENT_IOC_ID, id);
  return id[0] ?? 0n;
}

/**
 * The figures of an event, in the order its `read_format` gives them.
 *
 * @param figures how many there are
 * @throws Error `ENOSPC` when there are more
 */
export function readPerfEvent(event: FileDescriptor, figures: number): BigUint64Array {
  const values = new BigUint64Array(figures);
  const n = readSync(event.number, new Uint8Array(values.buffer), 0, values.byteLength, null);
  return values.subarray(0, n / BigUint64Array.BYTES_PER_ELEMENT);
}

function control(event: FileDescriptor, request: number, argument: Pointer): void {
  if (libc().ioctl(event.number, request, argument) < 0) {
    throw new SyscallError("ioctl", libc().errno());
  }
}
