import { libc } from "./libc.ts";

/** A descriptor that closes once, however often `close()` is called. */
export class FileDescriptor {
  #number: number;

  /** Takes ownership of an open descriptor. */
  constructor(number: number) {
    this.#number = number;
  }

  /**
   * The descriptor's number, for a system call made now; never keep it.
   *
   * @throws Error with code `EBADF` after close: the number may already be another file's.
   */
  get number(): number {
    if (this.#number < 0) throw Object.assign(new Error("descriptor is closed"), { code: "EBADF" });
    return this.#number;
  }

  get closed(): boolean {
    return this.#number < 0;
  }

  /** Gives it back to the kernel. Errors of close(2) are not reported: the number is free either way. */
  close(): void {
    if (this.#number < 0) return;
    const number = this.#number;
    this.#number = -1;
    libc().close(number);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
