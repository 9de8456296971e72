import type { FileDescriptor } from "./file-descriptor.ts";
import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";

// include/uapi/asm-generic/poll.h
const POLLIN = 0x1;
const POLLHUP = 0x10;
const POLLNVAL = 0x20;
const EINTR = 4;

/** What poll(2) says of one descriptor: nothing to read, something, or nothing ever again. */
export type PollState = "idle" | "readable" | "ended";

/** struct pollfd: descriptor, events wanted, events found. */
const memory: ArrayBuffer = new ArrayBuffer(8);
const numbers = new Int32Array(memory);
const events = new Int16Array(memory);

/**
 * Asks poll(2) about one descriptor now. What can be read comes before an end. An error (POLLERR) is no end: a seccomp listener says
 * so, too, when a signal cut its look short.
 *
 * @param timeoutMs how long to wait for something, milliseconds: the whole thread stands still (default 0)
 */
export function pollReadable(fd: FileDescriptor, timeoutMs = 0): PollState {
  numbers[0] = fd.number;
  events[2] = POLLIN;
  events[3] = 0;
  const found = libc().poll_descriptors(numbers, 1, timeoutMs);
  if (found < 0) {
    const errno = libc().errno();
    if (errno === EINTR) return "idle";
    throw new SyscallError("poll", errno);
  }
  const result = events[3] ?? 0;
  if ((result & POLLIN) !== 0) return "readable";
  return (result & (POLLHUP | POLLNVAL)) === 0 ? "idle" : "ended";
}
