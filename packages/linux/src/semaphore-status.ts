import { decodeStruct, type Layout, u32, u64 } from "./layout.ts";
import { libc } from "./libc.ts";
import { semaphoreFailure } from "./semaphore-failure.ts";
import { SyscallError } from "./syscall-error.ts";

// include/uapi/linux/ipc.h
export const IPC_SET = 1;
export const IPC_STAT = 2;
const ENOSYS = 38;

/** struct semid64_ds. */
export interface SemaphoreStatus {
  /** Signed: the same 32 bits as the key asked for. 0 for a private set. */
  readonly key: number;
  readonly uid: number;
  readonly gid: number;
  readonly creatorUid: number;
  readonly creatorGid: number;
  /** Permission bits. */
  readonly mode: number;
  /** Seconds since 1970 of the last operation; 0 when there was none. */
  readonly operatedAt: bigint;
  /** Seconds since 1970 of creation, or the last IPC_SET, SETVAL or SETALL. */
  readonly changedAt: bigint;
  /** Semaphores in the set. */
  readonly count: bigint;
}

/** What of a set's owner and mode is to change. */
export interface SemaphoreOwner {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits. */
  readonly mode: number;
}

/** struct ipc64_perm: include/uapi/asm-generic/ipcbuf.h. */
const permission = {
  key: u32(0),
  uid: u32(4),
  gid: u32(8),
  creatorUid: u32(12),
  creatorGid: u32(16),
  mode: u32(20),
} as const;

interface StatusLayout {
  readonly size: number;
  readonly fields: Layout<SemaphoreStatus>;
}

/** arch/x86/include/uapi/asm/sembuf.h keeps a word free after each time; include/uapi/asm-generic/sembuf.h does not. */
const LAYOUTS: Readonly<Record<"x64" | "arm64", StatusLayout>> = {
  x64: {
    size: 104,
    fields: { ...permission, operatedAt: u64(48), changedAt: u64(64), count: u64(80) },
  },
  arm64: {
    size: 88,
    fields: { ...permission, operatedAt: u64(48), changedAt: u64(56), count: u64(64) },
  },
};

/** struct semid64_ds of this machine. @throws SyscallError `ENOSYS` on one that is neither x64 nor arm64 */
export function semidLayout(arch: string = process.arch): StatusLayout {
  if (arch === "x64" || arch === "arm64") return LAYOUTS[arch];
  throw new SyscallError("semctl", ENOSYS, `layouts are known for x64 and arm64, not for ${arch}`);
}

/** What IPC_STAT tells of a set. @throws SyscallError `EACCES` without the right to read, `EINVAL`, `EIDRM` */
export function semaphoreStatus(id: number): SemaphoreStatus {
  const { fields, size } = semidLayout();
  const status = decodeStruct("struct semid64_ds", fields, ask(id, size), size);
  return { ...status, key: status.key | 0, mode: status.mode & 0o777 };
}

/** Changes a set's owner and mode (IPC_SET). @throws SyscallError `EPERM` unless it is ours or CAP_SYS_ADMIN, `EINVAL`, `EIDRM` */
export function changeSemaphoreOwner(id: number, owner: SemaphoreOwner): void {
  const { fields, size } = semidLayout();
  // The kernel takes these three fields alone.
  const data = new Uint32Array(size / 4);
  data[fields.uid.offset / 4] = owner.uid;
  data[fields.gid.offset / 4] = owner.gid;
  data[fields.mode.offset / 4] = owner.mode;
  if (libc().semctl_pointer(id, 0, IPC_SET, data) < 0) {
    throw semaphoreFailure("semctl", libc().errno());
  }
}

function ask(id: number, size: number): Uint8Array {
  const data = new Uint8Array(size);
  if (libc().semctl_pointer(id, 0, IPC_STAT, data) < 0) {
    throw semaphoreFailure("semctl", libc().errno());
  }
  return data;
}
