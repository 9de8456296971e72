import { replaceUnsafe, unicodeEscape } from "@task-watchers/trace";

/** A relay could not be started or reached, or refused. */
export class RelayError extends Error {
  override readonly name = "RelayError";
  /**
   * Symbolic: `"ENOENT"`, `"ECONNREFUSED"`, `"EACCES"`, `"EADDRINUSE"`, `"EEXIST"` of the socket; `"EAGAIN"` when it serves
   * as many as it may; `"EINVAL"` or `"ESRCH"` for a bad filter; `"EPROTO"` when the other side does not speak its language.
   */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    // The other side may have chosen the words, and whoever catches it may print them.
    super(replaceUnsafe(message, unicodeEscape), options);
    this.code = code;
  }
}

/** The code of whatever was thrown; undefined when it has none. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** What was thrown, in words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
