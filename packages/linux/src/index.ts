/** Linux system calls, descriptors and memory for Node.js. Importing loads no native code; the first call does. @module */
export { type BpfMapOptions, createBpfMap } from "./bpf.ts";
export {
  attachBpfProgram,
  bpfProgramMisses,
  BpfLoadError,
  type BpfProgramOptions,
  loadBpfProgram,
} from "./bpf-program.ts";
export { type ClockOffsets, clockOffsets, jiffyNs, monotonicMs, monotonicNs } from "./clock.ts";
export { DatagramBatch, type DatagramBatchOptions } from "./datagram-batch.ts";
export { errnoName } from "./errno-name.ts";
export { execProgram } from "./exec-program.ts";
export { FileDescriptor } from "./file-descriptor.ts";
export { type FileStatus, fileStatus, Mounts } from "./file-status.ts";
export { tryLockFile } from "./file-lock.ts";
export { pidfdExit, type PidfdExit, pidfdOpen, pidfdSendSignal } from "./pidfd.ts";
export { ReadOnlyMap } from "./read-only-map.ts";
export { locateFile, type LocateOptions, openPlace } from "./locate-file.ts";
export { keepMallocThresholds } from "./malloc.ts";
export { createMemoryFile, type MemoryFileOptions } from "./memory-file.ts";
export { MemoryMap, pageSize } from "./memory-map.ts";
export { openPerfEvent, type PerfEventTarget } from "./perf-event.ts";
export {
  disablePerfEvent,
  enablePerfEvent,
  perfEventId,
  readPerfEvent,
  redirectPerfOutput,
} from "./perf-event-control.ts";
export { type PollState, pollReadable } from "./poll-readable.ts";
export { readProcessMemory } from "./process-memory.ts";
export { Readiness } from "./readiness.ts";
export { seccompActionAvailable, seccompNotificationSize } from "./seccomp.ts";
export { installNotifyFilter, type NotifyFilter, setNoNewPrivs } from "./seccomp-filter.ts";
export {
  notificationPending,
  receiveNotification,
  sendContinue,
  sendError,
} from "./seccomp-notification.ts";
export { interruptThread } from "./semaphore-interrupt.ts";
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
export {
  type InheritingSpawnOptions,
  isTextEnvironment,
  spawnInheriting,
} from "./spawn-inheriting.ts";
export { SyscallError } from "./syscall-error.ts";
export { threadId, type ThreadId } from "./thread-id.ts";
export { threadName, touchThreadName } from "./thread-name.ts";
export { decodeText, encodeText } from "./text.ts";
export { WallClock } from "./wall-clock.ts";
