/** What the programs write to the ring and to their shared state, as bytes. Byte order of the machine. */

/** What a record tells; its first 32 bits. */
export const KIND = { fork: 1, exec: 2, exit: 3 } as const;
export type Kind = keyof typeof KIND;

/** Where the fields are that every record has. */
export const HEAD = {
  /** u32 */
  kind: 0,
  /** u32: events lost before this one, the lower half of the count */
  lost: 4,
  /** u64, CLOCK_MONOTONIC ns */
  time: 8,
  /** u32: the thread */
  pid: 16,
  /** u32: its process */
  tgid: 20,
  /** u64, CLOCK_BOOTTIME ns at which the thread began */
  start: 24,
} as const;
/** Bytes of those. */
export const HEAD_BYTES = 32;

export const FORK = {
  /** u32: the process's parent, as the connector has it */
  parentPid: 32,
  parentTgid: 36,
  /** u32: who called fork or clone */
  creatorPid: 40,
  creatorTgid: 44,
} as const;
export const FORK_BYTES = 48;

export const EXIT = {
  /** s32: the thread's, as wait(2) has it */
  status: 32,
  /** s32: the process's, as wait(2) will have it */
  processStatus: 36,
  /** u32: 1 when no other thread of the process is left */
  last: 40,
  /** u32: of its parent, as the connector has it */
  parentTgid: 44,
} as const;
export const EXIT_BYTES = 48;

export const EXEC = {
  /** u32: thread id before the exec */
  oldPid: 32,
  ruid: 36,
  euid: 40,
  rgid: 44,
  egid: 48,
  /** s32: bytes of the file name, its NUL included; negative error */
  fileBytes: 52,
  /** u64 */
  cgroup: 56,
  /** u32: bytes the arguments have */
  argvLength: 64,
  /** u32: bytes of them that follow the file name */
  argvKept: 68,
  /** s32: 0, or the negative error that ended the reading of them */
  argvError: 72,
  /** u32: 1 when they were left out for want of room in the ring */
  trimmed: 76,
  /** u32: bytes of the executable's path, which follows the file name; see PATH */
  exeBytes: 80,
  /** u32: how its path ended, see PATH */
  exeEnd: 84,
  /** u32: bytes of the working directory's path, which follows that */
  cwdBytes: 88,
  cwdEnd: 92,
} as const;
/** Bytes before the file name. The arguments come last. */
export const EXEC_BYTES = 96;
/** Longest path of the kernel, its NUL included: PATH_MAX, include/uapi/linux/limits.h. */
export const PATH_BYTES = 4096;

/**
 * A path in a record: its names from the last to the first, a NUL behind each. How the way up to them ended, and a bit that is
 * set when the last name stands in no directory any more.
 */
export const PATH = {
  /** At the root of all mounts: the path is whole. */
  whole: 0,
  /** At a file system that is mounted nowhere, as that of memfd_create(2). */
  nowhere: 1,
  /** Too many names, or too many bytes. */
  long: 2,
  /** Memory could not be read. */
  fault: 3,
  /** Bit: the last name was unlinked. */
  unlinked: 4,
} as const;

/** The state the programs share with the reader: one value of an array that is mapped into memory, all u64. */
export const STATE = {
  /** 1: the reader sleeps, the next event shall wake it. */
  armed: 0,
  /** Events for which the ring had no room; the sum of those below. */
  lost: 8,
  fork: 16,
  exec: 24,
  exit: 32,
  /** Execs told without their arguments for want of room. */
  trimmed: 40,
  /** Execs whose arguments could not be read, or not to the end. */
  faults: 48,
} as const;
export const STATE_BYTES = 56;
