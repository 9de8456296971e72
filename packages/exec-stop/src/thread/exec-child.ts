/** How a command ended. */
export interface ExecChildEnd {
  /** Exit code; absent when a signal ended it. */
  readonly code?: number;
  /** Name of the signal that ended it. */
  readonly signal?: NodeJS.Signals;
}

/** A command that was started under the filter. */
export interface ExecChild {
  readonly pid: number;
  /** Resolves when it has ended and been waited for. Rejects only when the thread that waits for it was lost. */
  readonly ended: Promise<ExecChildEnd>;
  /** Sends a signal, if it has not ended: soon, and never to another process that got its pid. */
  kill(signal?: NodeJS.Signals | number): void;
}
