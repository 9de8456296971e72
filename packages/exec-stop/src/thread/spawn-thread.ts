/**
 * The body of the thread that is under the filter: it starts commands, which inherit the filter, and does nothing else. It
 * must never answer an exec: it stands still in spawn until its child's exec has been. Loaded by nobody else. @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { parentPort, workerData } from "node:worker_threads";
import {
  installNotifyFilter,
  type NotifyFilter,
  setNoNewPrivs,
} from "@task-watchers/linux/seccomp-filter";
import { spawnInheriting } from "@task-watchers/linux/spawn-inheriting";
import { SyscallError } from "@task-watchers/linux/syscall-error";
import { threadId } from "@task-watchers/linux/thread-id";
import {
  type Begun,
  BUSY,
  CLOSING,
  type FromThread,
  type SpawnRequest,
  type ThreadData,
  type ToThread,
} from "./protocol.ts";

const { shared, filter } = workerData as ThreadData;
const children = new Map<number, ChildProcess>();

inNative(() => {
  const said = begin();
  // Refused, it has nothing to stay for.
  if (said.type === "begun") parentPort?.on("message", onMessage);
  tell(said);
});

function onMessage(message: ToThread): void {
  if (message.type === "spawn") inNative(() => start(message));
  else if (message.type === "kill") children.get(message.number)?.kill(message.signal);
  // Stays until its children have ended.
  else parentPort?.unref();
}

function begin(): Begun {
  try {
    const [{ listener, waitsKillable }, losesSetuid] = install();
    const { number } = listener;
    return { type: "begun", listener: number, waitsKillable, losesSetuid, threadId: threadId() };
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    return { type: "refused", code: error.code, message: error.message };
  }
}

function install(): [NotifyFilter, boolean] {
  try {
    return [installNotifyFilter(filter), false];
  } catch (error) {
    // Not privileged: a filter is allowed to those whose descent cannot gain rights.
    if (!(error instanceof SyscallError) || error.code !== "EACCES") throw error;
    const losesSetuid = setNoNewPrivs();
    return [installNotifyFilter(filter), losesSetuid];
  }
}

function start({ number, file, args, options }: SpawnRequest): void {
  let child: ChildProcess;
  try {
    const { inheritsEnv, ...others } = options;
    child = inheritsEnv ? spawnInheriting(file, args, others) : spawn(file, args, others);
  } catch (error) {
    failed(number, error);
    return;
  }
  const { pid } = child;
  child.once("error", (error) => {
    if (pid === undefined) failed(number, error);
  });
  if (pid === undefined) return;
  children.set(number, child);
  child.once("exit", (code, signal) => {
    children.delete(number);
    tell({ type: "ended", number, code, signal });
  });
  tell({ type: "started", number, pid });
}

function failed(number: number, error: unknown): void {
  const { message, code, errno, syscall, path } = error as NodeJS.ErrnoException;
  const failure = {
    message,
    ...(code !== undefined && { code }),
    ...(errno !== undefined && { errno }),
    ...(syscall !== undefined && { syscall }),
    ...(path !== undefined && { path }),
  };
  tell({ type: "failed", number, failure });
}

/** Native code that is cut short by the end of its environment ends the process with a fatal error, or hangs it. */
function inNative(work: () => void): void {
  Atomics.store(shared, BUSY, 1);
  try {
    if (Atomics.load(shared, CLOSING) === 0) work();
  } finally {
    Atomics.store(shared, BUSY, 0);
    Atomics.notify(shared, BUSY);
  }
}

function tell(message: FromThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message);
}
