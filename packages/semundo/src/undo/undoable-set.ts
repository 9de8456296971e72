import type { SemaphoreSet } from "../set/types.ts";

/** A set, as far as a ledger needs it: every `SemaphoreSet` is one. */
export type UndoableSet = Pick<SemaphoreSet, "id" | "operate" | "tryOperate">;
