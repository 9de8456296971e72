import { FileDescriptor } from "./file-descriptor.ts";
import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";
import { syscallNumber } from "./syscall-number.ts";

/** enum bpf_cmd, include/uapi/linux/bpf.h. */
const BPF_MAP_CREATE = 0;

/** The first words of union bpf_attr for BPF_MAP_CREATE. */
export interface BpfMapOptions {
  /** enum bpf_map_type */
  readonly type: number;
  /** Bytes; 0 where the type has no keys. */
  readonly keySize: number;
  /** Bytes; 0 where the type has no values of its own. */
  readonly valueSize: number;
  /** For a ring: its bytes, a power of two and a multiple of the page size. */
  readonly maxEntries: number;
  /** BPF_F_* of include/uapi/linux/bpf.h, such as 1024 for a map that can be mapped into memory (default 0). */
  readonly flags?: number;
}

/**
 * Makes a BPF map; it goes with its descriptor.
 *
 * @throws SyscallError `EPERM` without CAP_BPF, or before Linux 5.11 beyond RLIMIT_MEMLOCK; `EINVAL` when the kernel has no
 *   such type; `ENOSYS`
 */
export function createBpfMap(options: BpfMapOptions): FileDescriptor {
  const { type, keySize, valueSize, maxEntries, flags = 0 } = options;
  const attributes = Uint32Array.of(type, keySize, valueSize, maxEntries, flags);
  const number = syscallNumber("bpf");
  const fd = libc().bpf(number, BPF_MAP_CREATE, attributes, attributes.byteLength);
  if (fd < 0) throw new SyscallError("bpf", libc().errno());
  return new FileDescriptor(fd);
}
