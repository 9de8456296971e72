import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";
import { decodeText } from "./text.ts";

// include/uapi/linux/prctl.h
const PR_SET_NAME = 15;
const PR_GET_NAME = 16;
/** TASK_COMM_LEN, include/linux/sched.h: the final NUL included. */
const TASK_COMM_LEN = 16;

/**
 * Gives the calling thread the name it has. Nothing changes, yet the kernel sends a COMM process event before the call
 * returns: the cheapest event a process can make of itself, without privilege and without a new task.
 */
export function touchThreadName(): void {
  const name = nameBytes();
  if (libc().prctl(PR_SET_NAME, name) < 0) throw new SyscallError("prctl", libc().errno());
}

/** Name of the calling thread (comm), at most 15 bytes. */
export function threadName(): string {
  const bytes = nameBytes();
  return decodeText(bytes.subarray(0, bytes.indexOf(0)));
}

function nameBytes(): Uint8Array {
  const name = new Uint8Array(TASK_COMM_LEN);
  if (libc().prctl(PR_GET_NAME, name) < 0) throw new SyscallError("prctl", libc().errno());
  return name;
}
