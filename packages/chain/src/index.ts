/** Notifier chains with the Linux kernel's semantics, and the contract of a task watcher. @module */
export { taskWatchers } from "./module/registry.ts";
export { type LoadedModule, type StopWatch, TaskWatchers } from "./module/task-watchers.ts";
export type {
  WatcherModule,
  ModuleStatus,
  SummaryTable,
  TraceLine,
  Watch,
  WatchListener,
  WatchLoss,
  WatchSignal,
} from "./module/module.ts";
export type { ModuleFailure, ModuleListing, ModuleState, ModuleSummary } from "./module/module.ts";

export { TaskChain, type TaskChainOptions, type WatcherListing } from "./task/task-chain.ts";
export type { TaskWatcher } from "./task/task-watcher.ts";
export type { WatcherRegistration } from "./task/watcher-registration.ts";
export { WatcherError, type WatcherErrorSink } from "./task/watcher-error.ts";
export type { Task, TaskIds } from "./task/task.ts";
export { isMissing, TASK_EVENTS, type TaskEvent, type TaskEventName } from "./task/task-event.ts";
export type {
  TaskEventBase,
  TaskEventByName,
  ExecSource,
  Missing,
  SyntheticReason,
} from "./task/task-event.ts";
export type { InitEvent, CloneEvent, ExecEvent, UidEvent, GidEvent } from "./task/task-event.ts";
export type { ExitEvent, FreeEvent } from "./task/task-event.ts";

export type { ExecFailedNotice } from "./task/exec-failed.ts";
export { TASK_NOTICES, type TaskNotice, type TaskNoticeName } from "./task/task-notice.ts";
export type { SidNotice, PtraceNotice, CommNotice, CoredumpNotice } from "./task/task-notice.ts";

export { RawNotifierChain } from "./notifier/raw-notifier-chain.ts";
export { AtomicNotifierChain } from "./notifier/atomic-notifier-chain.ts";
export { BlockingNotifierChain } from "./notifier/blocking-notifier-chain.ts";
export { SrcuNotifierChain } from "./notifier/srcu-notifier-chain.ts";
export type { NotifierBlock, NotifierAnswer, SleepingAnswer } from "./notifier/notifier-block.ts";
export type { NotifierChainOptions, NotifierErrorSink } from "./notifier/notifier-block.ts";
export { NotifierError, type NotifierErrorCode } from "./notifier/notifier-error.ts";
export { NOTIFY_DONE, NOTIFY_OK, NOTIFY_STOP_MASK } from "./notifier/notify-codes.ts";
export { NOTIFY_BAD, NOTIFY_STOP } from "./notifier/notify-codes.ts";
export { notifierFromErrno, notifierToErrno } from "./notifier/notify-codes.ts";
