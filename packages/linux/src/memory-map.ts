import type { FileDescriptor } from "./file-descriptor.ts";
import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";

// include/uapi/asm-generic/mman-common.h
const PROT_READ = 1;
const PROT_WRITE = 2;
// include/uapi/linux/mman.h
const MAP_SHARED = 1;
/** What mmap(2) returns on failure: -1 as a pointer. */
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
/** _SC_PAGESIZE: bits/confname.h of the C library (glibc); musl has the same number. */
const SC_PAGESIZE = 30;

/** Bytes of a page of memory: 4096 on x64, up to 65536 on arm64. */
export function pageSize(): number {
  return libc().sysconf(SC_PAGESIZE);
}

/** A file's or a device's memory mapped into this process, shared, to be read and written. */
export class MemoryMap {
  readonly #address: bigint;
  #buffer: ArrayBuffer | undefined;

  /**
   * mmap(2) from the file's start.
   *
   * @param length bytes, a multiple of the page size
   * @throws SyscallError `EPERM` when a perf ring is more memory than kernel.perf_event_mlock_kb and RLIMIT_MEMLOCK allow,
   *   `EINVAL`, `ENODEV`, `ENOMEM`
   */
  constructor(fd: FileDescriptor, length: number) {
    const address = libc().mmap(null, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd.number, 0);
    if (address === MAP_FAILED) throw new SyscallError("mmap", libc().errno());
    this.#address = address;
    this.#buffer = libc().view(address, length);
  }

  /**
   * The memory itself. JavaScript cannot be kept from it once it has it: whoever touches it, or an array over it, after
   * `close()` ends the process with a segmentation fault. So keep it no longer than the map.
   *
   * @throws Error with code `EBADF` after close
   */
  get buffer(): ArrayBuffer {
    if (this.#buffer === undefined) {
      throw Object.assign(new Error("memory map is closed"), { code: "EBADF" });
    }
    return this.#buffer;
  }

  get closed(): boolean {
    return this.#buffer === undefined;
  }

  /** Unmaps it; safe twice. */
  close(): void {
    if (this.#buffer === undefined) return;
    const length = this.#buffer.byteLength;
    this.#buffer = undefined;
    libc().munmap(this.#address, length);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
