import { constants } from "node:os";

/** What becomes of an exec: it runs, or fails with this error and without having been made. */
export type ExecVerdict =
  | "continue"
  | {
      /** A code such as `"EACCES"`, or its positive number. */
      readonly errno: string | number;
    };

const NUMBERS: Readonly<Record<string, number>> = constants.errno;
/** Codes from here on are the kernel's own, and programs never see them (include/linux/errno.h). */
const ERRNO_END = 512;

/**
 * The error number of a verdict, 0 to let the call run.
 *
 * @throws TypeError or RangeError when it is no verdict
 */
export function verdictErrno(verdict: unknown): number {
  if (verdict === undefined || verdict === "continue") return 0;
  if (typeof verdict !== "object" || verdict === null || !("errno" in verdict)) {
    throw new TypeError(`a verdict is "continue" or { errno }, got ${String(verdict)}`);
  }
  const { errno } = verdict;
  const number = typeof errno === "string" ? NUMBERS[errno] : errno;
  if (typeof number === "number" && Number.isInteger(number) && number > 0 && number < ERRNO_END) {
    return number;
  }
  throw new RangeError(
    `errno must be a code such as "EACCES" or a number from 1 to ${ERRNO_END - 1}, got ${String(errno)}`,
  );
}
