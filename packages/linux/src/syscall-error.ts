import { errnoName } from "./errno-name.ts";

/** A system call the kernel refused. Shaped like the errors Node.js itself throws. */
export class SyscallError extends Error {
  override readonly name = "SyscallError";
  /** Symbolic error: `"EPERM"`. Branch on this, never on the message. */
  readonly code: string;
  /** Negative error number, with Node's sign: `-1` for EPERM. */
  readonly errno: number;
  /** The call, as its man page names it: `"bind"`. */
  readonly syscall: string;
  /** What would have helped; absent when nothing is known. */
  declare readonly hint?: string;

  /** @param errno positive, as the C library reports it */
  constructor(syscall: string, errno: number, hint?: string) {
    const code = errnoName(errno);
    super(hint === undefined ? `${syscall}: ${code}` : `${syscall}: ${code}: ${hint}`);
    this.code = code;
    this.errno = -errno;
    this.syscall = syscall;
    if (hint !== undefined) this.hint = hint;
  }
}
