/** Linux system calls, descriptors and memory for Node.js. Importing loads no native code; the first call does. @module */
export { type BpfMapOptions, createBpfMap } from "./bpf.ts";
export { type ClockOffsets, clockOffsets, monotonicNs } from "./clock.ts";
export { DatagramBatch, type DatagramBatchOptions } from "./datagram-batch.ts";
export { errnoName } from "./errno-name.ts";
export { execProgram } from "./exec-program.ts";
export { FileDescriptor } from "./file-descriptor.ts";
export { pidfdExit, type PidfdExit, pidfdOpen } from "./pidfd.ts";
export { openPerfEvent, type PerfEventTarget } from "./perf-event.ts";
export { Readiness } from "./readiness.ts";
export { seccompActionAvailable, seccompNotificationSize } from "./seccomp.ts";
export { interruptThread, threadId, type ThreadId } from "./semaphore-interrupt.ts";
export { readSemaphoreLimits, type SemaphoreLimits } from "./semaphore-limits.ts";
export {
  operateSemaphores,
  packSemaphoreSteps,
  type SemaphoreOperation,
  type SemaphoreWait,
  waitForSemaphores,
} from "./semaphore-operation.ts";
export { createSemaphores, removeSemaphores, semaphoreValue } from "./semaphore-set.ts";
export {
  changeSemaphoreOwner,
  type SemaphoreOwner,
  semaphoreStatus,
  type SemaphoreStatus,
} from "./semaphore-status.ts";
export {
  parseSemaphoreTable,
  readSemaphoreTable,
  type SemaphoreTableRow,
} from "./semaphore-table.ts";
export {
  findSemaphores,
  semaphoreLastPid,
  semaphoreValues,
  semaphoreWaiters,
  semaphoreZeroWaiters,
  setSemaphoreValue,
  setSemaphoreValues,
} from "./semaphore-values.ts";
export {
  bindSocket,
  getSocketOption,
  openSocket,
  sendDatagram,
  setSocketOption,
  socketName,
} from "./socket.ts";
export { SyscallError } from "./syscall-error.ts";
export { threadName, touchThreadName } from "./thread-name.ts";
export { decodeText, encodeText } from "./text.ts";
