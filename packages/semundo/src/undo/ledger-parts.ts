import type { EndWatch } from "./holder-end.ts";
import type { KnownHolder } from "./holder-target.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import type { UndoKernel } from "./undo-kernel.ts";

/** Tells of a process's end by its task event, which may be quicker; returns the undo. Calls back once at most. */
export type EndByEvent = (process: ProcessIdentity, onEnd: () => void) => () => void;

/** What a ledger asks of the machine. */
export interface LedgerParts {
  readonly kernel: UndoKernel;
  readonly watchEnd: (holder: KnownHolder, onEnd: () => void) => EndWatch;
  readonly isAlive: (process: ProcessIdentity) => boolean;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly now: () => bigint;
}
