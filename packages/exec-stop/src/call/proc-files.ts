import { readFileSync, readlinkSync } from "node:fs";
import { decodeText } from "@task-watchers/linux/text";
import { parseCmdline, type Unavailable } from "@task-watchers/linux/procfs";

/** The NUL-separated strings of a file under /proc. */
export function readProcFile(path: string): readonly string[] | Unavailable {
  try {
    return parseCmdline(readFileSync(`/proc/${path}`));
  } catch (error) {
    return { missing: errorCode(error) };
  }
}

/** Where a link under /proc points. */
export function readLink(path: string): string | Unavailable {
  try {
    return decodeText(readlinkSync(`/proc/${path}`, "buffer"));
  } catch (error) {
    return { missing: errorCode(error) };
  }
}

/** The code of a system error. @throws the error itself when it is none */
export function errorCode(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return error.code;
  }
  throw error;
}
