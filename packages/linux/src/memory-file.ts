import { FileDescriptor } from "./file-descriptor.ts";
import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";
import { syscallNumber } from "./syscall-number.ts";

// include/uapi/linux/memfd.h
const MFD_CLOEXEC = 1;
/** Asked for by name since Linux 6.3, where vm.memfd_noexec may make files without it that cannot be run. */
const MFD_EXEC = 0x10;
const EINVAL = 22;

/** What the file is for. */
export interface MemoryFileOptions {
  /** Whether it is a program to be run (default false). */
  readonly executable?: boolean;
}

/**
 * A file that is in memory alone and goes with its last descriptor; closed on exec (memfd_create(2), since Linux 3.17).
 *
 * @param name shown in /proc/PID/fd, at most 249 bytes
 * @throws SyscallError `EACCES` when it shall be executable and vm.memfd_noexec is 2; `EMFILE`, `ENOSYS`
 */
export function createMemoryFile(name: string, options: MemoryFileOptions = {}): FileDescriptor {
  const bytes = Buffer.from(`${name}\0`, "utf8");
  const create = (flags: number): number =>
    libc().memfd_create(syscallNumber("memfd_create"), bytes, flags);
  let fd = create(options.executable === true ? MFD_CLOEXEC | MFD_EXEC : MFD_CLOEXEC);
  // Before Linux 6.3 every such file can be run, and the flag is unknown.
  if (fd < 0 && options.executable === true && libc().errno() === EINVAL) fd = create(MFD_CLOEXEC);
  if (fd < 0) throw new SyscallError("memfd_create", libc().errno());
  return new FileDescriptor(fd);
}
