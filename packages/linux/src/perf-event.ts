import { FileDescriptor } from "./file-descriptor.ts";
import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";
import { syscallNumber } from "./syscall-number.ts";

/** Close on exec (include/uapi/linux/perf_event.h). */
const PERF_FLAG_FD_CLOEXEC = 8;

/** What an event counts on; the kernel refuses -1 for both. */
export interface PerfEventTarget {
  /** Thread id; 0 for the calling thread, -1 for every task. */
  readonly pid: number;
  /** CPU number; -1 for every CPU that the thread runs on. */
  readonly cpu: number;
}

/**
 * perf_event_open(2), closed on exec, in no group.
 *
 * @param attributes struct perf_event_attr, its own size at byte 4
 * @throws SyscallError `EACCES` when kernel.perf_event_paranoid wants CAP_PERFMON for it, `EPERM` behind a seccomp filter,
 *   `EINVAL`, `ESRCH`, `ENOSYS`
 */
export function openPerfEvent(attributes: Uint8Array, target: PerfEventTarget): FileDescriptor {
  const { pid, cpu } = target;
  const number = syscallNumber("perf_event_open");
  const fd = libc().perf_event_open(number, attributes, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
  if (fd < 0) throw new SyscallError("perf_event_open", libc().errno());
  return new FileDescriptor(fd);
}
