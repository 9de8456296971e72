import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";

// include/uapi/linux/time.h
const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC = 1;
/** Read from the last tick of the kernel's timer: its resolution is that tick (since Linux 2.6.32). */
const CLOCK_MONOTONIC_COARSE = 6;
const CLOCK_BOOTTIME = 7;

/** What to add to a CLOCK_MONOTONIC time, in nanoseconds, to get the same instant on another clock. */
export interface ClockOffsets {
  /** To get nanoseconds since 1970-01-01 UTC. Changes when the wall clock is set. */
  readonly realtimeNs: bigint;
  /** To get CLOCK_BOOTTIME, which counts suspend and in which /proc gives start times. */
  readonly boottimeNs: bigint;
}

/** Samples the clocks together: the other clock between two readings of CLOCK_MONOTONIC. */
export function clockOffsets(): ClockOffsets {
  return { realtimeNs: offsetOf(CLOCK_REALTIME), boottimeNs: offsetOf(CLOCK_BOOTTIME) };
}

/** CLOCK_MONOTONIC, nanoseconds; stops in suspend. */
export function monotonicNs(): bigint {
  return process.hrtime.bigint();
}

/** The same in milliseconds, for waits and budgets. Takes no module to load, as `performance` does when it is first asked. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** Nanoseconds in one jiffy, the kernel's own tick (1/CONFIG_HZ s). Not the USER_HZ of /proc. */
export function jiffyNs(): bigint {
  const timespec = new BigInt64Array(2);
  if (libc().clock_getres(CLOCK_MONOTONIC_COARSE, timespec) < 0) {
    throw new SyscallError("clock_getres", libc().errno());
  }
  return timespec[1] ?? 0n;
}

function offsetOf(clock: number): bigint {
  const before = readClock(CLOCK_MONOTONIC);
  const other = readClock(clock);
  const after = readClock(CLOCK_MONOTONIC);
  return other - (before + after) / 2n;
}

function readClock(clock: number): bigint {
  // struct timespec: seconds and nanoseconds, both 64 bits wide on 64-bit Linux.
  const timespec = new BigInt64Array(2);
  if (libc().clock_gettime(clock, timespec) < 0) {
    throw new SyscallError("clock_gettime", libc().errno());
  }
  return (timespec[0] ?? 0n) * 1_000_000_000n + (timespec[1] ?? 0n);
}
