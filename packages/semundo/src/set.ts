/** System V semaphore sets: atomic operations, undo by the kernel, waits that block nothing. @module */
export { AbortError } from "./set/abort-error.ts";
export { SemaphoreCountError } from "./set/count-error.ts";
export { openSemaphores } from "./set/open-semaphores.ts";
export { SemaphoreError, type SemaphoreErrorFacts } from "./set/semaphore-error.ts";
export type {
  Hold,
  OperateOptions,
  SemaphoreInfo,
  SemaphoreSet,
  SemaphoresOptions,
  SemaphoreStat,
  SemaphoreStep,
  UndoOption,
} from "./set/types.ts";
