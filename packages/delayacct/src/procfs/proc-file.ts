import { closeSync, openSync, readSync } from "node:fs";
import type { Unavailable } from "@task-watchers/linux/procfs";

/** Files read here are shorter: the longest is `status`, some 1.5 KiB. */
const BUFFER = new Uint8Array(8192);

/**
 * A short file of /proc, as Latin-1 text. What is not there, or not to be read, is absent with the error's code: `ENOENT` or
 * `ESRCH` when the task is gone.
 */
export function readProcFile(path: string): string | Unavailable {
  // Half of these fail, and capturing a stack costs more than all the rest.
  const limit = Error.stackTraceLimit;
  Reflect.set(Error, "stackTraceLimit", 0);
  try {
    const fd = openSync(path, "r");
    try {
      const n = readSync(fd, BUFFER, 0, BUFFER.length, null);
      return Buffer.from(BUFFER.buffer, 0, n).toString("latin1");
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "string") {
      return { missing: error.code };
    }
    throw error;
  } finally {
    Reflect.set(Error, "stackTraceLimit", limit);
  }
}
