import type { FileDescriptor } from "./file-descriptor.ts";
import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";

// include/uapi/asm-generic/mman-common.h
const PROT_READ = 1;
// include/uapi/linux/mman.h
const MAP_SHARED = 1;
/** What mmap(2) returns on failure: -1 as a pointer. */
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/** A piece of a file's or a device's memory mapped into this process, shared, to be read only. */
export class ReadOnlyMap {
  readonly #address: bigint;
  #buffer: ArrayBuffer | undefined;

  /**
   * mmap(2).
   *
   * @param offset bytes into the file, a multiple of the page size
   * @param length bytes
   * @throws SyscallError `EPERM`, `EINVAL`, `ENODEV`, `ENOMEM`
   */
  constructor(fd: FileDescriptor, offset: number, length: number) {
    const address = libc().mmap(null, length, PROT_READ, MAP_SHARED, fd.number, offset);
    if (address === MAP_FAILED) throw new SyscallError("mmap", libc().errno());
    this.#address = address;
    this.#buffer = libc().view(address, length);
  }

  /**
   * The memory itself. Whoever writes to it, or touches it or an array over it after `close()`, ends the process with a
   * segmentation fault.
   *
   * @throws Error with code `EBADF` after close
   */
  get buffer(): ArrayBuffer {
    if (this.#buffer === undefined) {
      throw Object.assign(new Error("memory map is closed"), { code: "EBADF" });
    }
    return this.#buffer;
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
