/** What a file can be that no model is made of. */
export type TraceErrorCode = "EMPTY" | "NOT_A_TRACE" | "UNKNOWN_SCHEMA";

/** There is nothing in the file that could be shown; the message says why. */
export class TraceError extends Error {
  override readonly name = "TraceError";
  readonly code: TraceErrorCode;

  constructor(code: TraceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
