/** The wait was given up, as its signal asked. Shaped like Node's own. */
export class AbortError extends Error {
  override readonly name = "AbortError";
  readonly code = "ABORT_ERR";

  /** @param reason the signal's own */
  constructor(reason: unknown) {
    super("The operation was aborted", { cause: reason });
  }
}
