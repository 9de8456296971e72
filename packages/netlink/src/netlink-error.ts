import { getSystemErrorName } from "node:util";
import type { Acknowledgement } from "./acknowledgement.ts";

/** A netlink request the kernel refused. Shaped like the errors Node.js itself throws. */
export class NetlinkError extends Error {
  override readonly name = "NetlinkError";
  /** Symbolic error: `"EPERM"`. Branch on this, never on the message. */
  readonly code: string;
  /** Negative error number, as the kernel sent it and with Node's sign: `-1` for EPERM. */
  readonly errno: number;
  /** The request, by the name its sender gave it: `"CTRL_CMD_GETFAMILY"`. */
  readonly syscall: string;
  /** The kernel's own words (extended ack); absent before Linux 4.12 and wherever nobody wrote any. */
  declare readonly kernelMessage?: string;
  /** Where in the request the mistake is, bytes from its netlink header; absent where the kernel does not say. */
  declare readonly offset?: number;
  /** What would have helped; absent when nothing is known. */
  declare readonly hint?: string;

  /** @param acknowledgement with a negative value */
  constructor(request: string, acknowledgement: Acknowledgement, hint?: string) {
    const { value, text, offset } = acknowledgement;
    const code = getSystemErrorName(value);
    super([request, code, text, hint].filter((part) => part !== undefined).join(": "));
    this.code = code;
    this.errno = value;
    this.syscall = request;
    if (text !== undefined) this.kernelMessage = text;
    if (offset !== undefined) this.offset = offset;
    if (hint !== undefined) this.hint = hint;
  }
}
