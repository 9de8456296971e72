import { readFileSync } from "node:fs";
import type { FileDescriptor } from "./file-descriptor.ts";
import { libc } from "./libc.ts";
import { syscallNumber } from "./syscall-number.ts";

// include/uapi/linux/fcntl.h, include/uapi/linux/stat.h
const AT_EMPTY_PATH = 0x1000;
const AT_STATX_DONT_SYNC = 0x4000;
const STATX_TYPE = 0x1;
const STATX_MODE = 0x2;
const STATX_MNT_ID = 0x1000;
/** struct statx: u32 stx_mask @0, u16 stx_mode @28, u64 stx_mnt_id @144. */
const STATX_SIZE = 256;
const MODE = 28;
const MOUNT_ID = 144;

const status = new Uint8Array(new ArrayBuffer(STATX_SIZE));
const words = new Uint32Array(status.buffer);
const shorts = new Uint16Array(status.buffer);
const longs = new BigUint64Array(status.buffer);
const EMPTY = new Uint8Array(new ArrayBuffer(1));

/** What the kernel has in mind of an open file. */
export interface FileStatus {
  /** Type and rights, as in struct stat. */
  readonly mode: number;
  /** Of /proc/PID/mountinfo; absent before Linux 5.8. */
  readonly mountId?: number;
}

/** As fstat(2), without asking the file system: statx(2) with AT_STATX_DONT_SYNC. Undefined when the kernel cannot say. */
export function fileStatus(file: FileDescriptor): FileStatus | undefined {
  const mask = STATX_TYPE | STATX_MODE | STATX_MNT_ID;
  const flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;
  if (libc().statx(syscallNumber("statx"), file.number, EMPTY, flags, mask, status) !== 0) {
    return undefined;
  }
  const mode = shorts[MODE / 2] ?? 0;
  const hasMount = ((words[0] ?? 0) & STATX_MNT_ID) !== 0;
  return hasMount ? { mode, mountId: Number(longs[MOUNT_ID / 8]) } : { mode };
}

/**
 * File systems that answer by themselves. All others (FUSE, NFS and other network file systems, autofs, what nobody has heard of) may ask a
 * process that waits for us, or a machine that is not there any more. /proc is none of them: its links lead elsewhere than they say.
 */
const LOCAL: ReadonlySet<string> = new Set([
  ...[
    "ext2",
    "ext3",
    "ext4",
    "xfs",
    "btrfs",
    "f2fs",
    "bcachefs",
    "zfs",
    "jfs",
    "nilfs2",
    "reiserfs",
  ],
  ...["tmpfs", "ramfs", "rootfs", "devtmpfs", "hugetlbfs", "overlay", "aufs", "squashfs", "erofs"],
  ...["iso9660", "udf", "vfat", "exfat", "ntfs3", "cramfs", "romfs", "ubifs", "jffs2", "virtiofs"],
]);

/** The mounts of a task and of ours, as they are at the first question. */
export class Mounts {
  readonly #pids: Array<number | "self">;
  readonly #types = new Map<number, string>();

  /** @param pid whose besides ours; its ids are of no other mount */
  constructor(pid?: number) {
    this.#pids = pid === undefined ? ["self"] : ["self", pid];
  }

  /** Whether an open file is on a file system that needs nobody else to answer. Says no where that cannot be known: before Linux 5.8. */
  isLocal(file: FileDescriptor): boolean {
    const { mountId } = fileStatus(file) ?? {};
    if (mountId === undefined) return false;
    while (!this.#types.has(mountId)) {
      const pid = this.#pids.shift();
      if (pid === undefined) return false;
      for (const [id, type] of readTypes(pid)) this.#types.set(id, type);
    }
    return LOCAL.has(this.#types.get(mountId) ?? "");
  }
}

/** Man 5 proc_pid_mountinfo: the id first, the type behind " - ". */
function readTypes(pid: number | "self"): Map<number, string> {
  const types = new Map<number, string>();
  try {
    for (const line of readFileSync(`/proc/${pid}/mountinfo`, "latin1").split("\n")) {
      const type = /.* - (\S+)/u.exec(line)?.[1];
      if (type !== undefined) types.set(Number.parseInt(line, 10), type);
    }
  } catch {
    // Then none is known.
  }
  return types;
}
