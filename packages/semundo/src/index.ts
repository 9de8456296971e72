/** Semaphores that cannot leak: what a task holds goes back when it dies, however it dies. @module */
import { loadSemundo } from "./undo/shared.ts";

export { createLedger, type LedgerOptions } from "./undo/ledger.ts";
export type { Restored, UndoLedger } from "./undo/undo-ledger.ts";
export type { AcquireForOptions, HeldUnits, UndoHolder } from "./undo/undo-holder.ts";
export type { UndoableSet } from "./undo/undoable-set.ts";
export type { HolderTarget } from "./undo/holder-target.ts";
export type { ProcessIdentity } from "./undo/process-identity.ts";
export type { UndoCounters, UndoReason, UndoReport } from "./undo/undo-report.ts";

export { createSemundo, type Semundo, type SemundoOptions } from "./undo/semundo.ts";
export type { UndoVariant } from "./undo/chain-ends.ts";
export { semundo } from "./undo/shared.ts";

export { openSemaphores } from "./set/open-semaphores.ts";
export { SemaphoreError } from "./set/semaphore-error.ts";
export { type Slots, slots } from "./slots/open-slots.ts";

loadSemundo();
