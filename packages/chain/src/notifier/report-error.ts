/** The parts of a host that may show an error; every one may be missing. */
interface Host {
  readonly console?: { error?(...values: unknown[]): void };
  readonly reportError?: (error: unknown) => void;
}

/**
 * Shows an error for which nobody listens: on `console.error`, else through `reportError`. In this
 * order because some runtimes end the process on `reportError`. Never throws.
 */
export function reportError(error: unknown): void {
  const host = globalThis as Host;
  try {
    if (typeof host.console?.error === "function") {
      host.console.error(error);
      return;
    }
    host.reportError?.(error);
  } catch {
    // A host that cannot even show an error leaves nothing else to try.
  }
}
