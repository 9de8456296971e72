import { getSystemErrorName } from "node:util";

/** Errors that Node.js has no names for: include/uapi/asm-generic/errno.h. */
const NAMES: Readonly<Record<number, string>> = { 42: "ENOMSG", 43: "EIDRM" };

/** The symbolic name of an error number, such as `"EPERM"`. @param errno positive, as the C library reports it */
export function errnoName(errno: number): string {
  return NAMES[errno] ?? getSystemErrorName(-errno);
}
