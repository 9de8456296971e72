import { ChildProcess } from "node:child_process";
import { Worker } from "node:worker_threads";
import { SemaphoreError } from "../set/semaphore-error.ts";
import { identify, type ProcessIdentity } from "./process-identity.ts";

/**
 * Who holds: a process by its pid, or by pid and start time, so that a reused pid is not taken for it; a child of ours; a
 * worker thread of ours; or whatever ends when a signal aborts.
 */
export type HolderTarget = number | ProcessIdentity | ChildProcess | Worker | AbortSignal;

/** A holder, known for good. */
export type KnownHolder =
  | { readonly kind: "process"; readonly key: string; readonly process: ProcessIdentity }
  | { readonly kind: "worker"; readonly key: Worker; readonly threadId: number }
  | { readonly kind: "signal"; readonly key: AbortSignal };

/** Largest pid_t. */
const PID_MAX = 0x7fff_ffff;
const ESRCH = 3;

/**
 * @throws TypeError or RangeError when it can be no holder; SemaphoreError `ESRCH` when its life is over
 */
export function knowHolder(target: HolderTarget): KnownHolder {
  if (typeof target === "number") return processOf(target);
  if (target instanceof ChildProcess) return childOf(target);
  if (target instanceof Worker) return workerOf(target);
  if (target instanceof AbortSignal) return signalOf(target);
  if (typeof target === "object" && target !== null && "pid" in target && "startTicks" in target) {
    return processOf(target.pid, target.startTicks);
  }
  throw new TypeError(
    `a holder must be a pid, { pid, startTicks }, a ChildProcess, a Worker or an AbortSignal, got ${describe(target)}`,
  );
}

/** Who the holder is, in a word or two. */
export function nameOf(holder: KnownHolder): string {
  if (holder.kind === "process") return `process ${holder.process.pid}`;
  return holder.kind === "worker" ? `worker ${holder.threadId}` : "scope";
}

/** The error of an operation for a holder that has ended. */
export function gone(what: string, cause?: unknown): SemaphoreError {
  const hint = `${what} has ended, so it can hold nothing`;
  return new SemaphoreError("semop", ESRCH, cause === undefined ? { hint } : { hint, cause });
}

function processOf(pid: number, startTicks?: number): KnownHolder {
  if (!Number.isInteger(pid) || pid < 1 || pid > PID_MAX) {
    throw new RangeError(`pid must be a whole number from 1 to ${PID_MAX}, got ${pid}`);
  }
  if (startTicks !== undefined && (!Number.isSafeInteger(startTicks) || startTicks < 0)) {
    throw new RangeError(`startTicks must be a whole number, 0 or more, got ${startTicks}`);
  }
  const process = identify(pid);
  const isAnother = startTicks !== undefined && process?.startTicks !== startTicks;
  if (process === undefined || isAnother) throw gone(`process ${pid}`);
  return { kind: "process", key: `${pid}.${process.startTicks}`, process };
}

/** Until Node.js has seen the child's end nobody else can have its pid. */
function childOf(child: ChildProcess): KnownHolder {
  if (child.pid === undefined) throw gone("a child that could not be started");
  if (child.exitCode !== null || child.signalCode !== null) throw gone(`process ${child.pid}`);
  return processOf(child.pid);
}

function workerOf(worker: Worker): KnownHolder {
  // Node.js gives -1 once it has exited.
  if (worker.threadId < 0) throw gone("the worker");
  return { kind: "worker", key: worker, threadId: worker.threadId };
}

function signalOf(signal: AbortSignal): KnownHolder {
  if (signal.aborted) throw gone("the scope", signal.reason);
  return { kind: "signal", key: signal };
}

function describe(target: unknown): string {
  return target === null ? "null" : typeof target;
}
