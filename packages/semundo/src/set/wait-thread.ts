/** The body of the thread that waits in the kernel, for one operation after another. Loaded by nobody else. @module */
import { parentPort, workerData } from "node:worker_threads";
import { SyscallError, threadId, waitForSemaphores } from "@task-watchers/linux";
import {
  CLOSING,
  GIVEN_UP,
  LOADING,
  MADE,
  NATIVE,
  POSTED,
  type ThreadData,
  type ToThread,
  WAITING,
  type WaitReply,
  type WaitRequest,
} from "./wait-protocol.ts";

/**
 * The wait is meant to be interrupted. Should that fail, as when an outer thread is terminated without a word, it ends by
 * itself after this time and looks. Each time it loses its place among the host's waiters, hence so long.
 */
const SLICE_MS = 5000;

const { shared } = workerData as ThreadData;
let thread = 0;
if (enter(LOADING)) {
  try {
    thread = threadId();
  } finally {
    leave();
  }
}

parentPort?.on("message", (message: ToThread) => {
  if (message === "end") {
    parentPort?.close();
    return;
  }
  const reply: WaitReply = { number: message.number, outcome: wait(message) };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(reply);
});

function wait({ set, steps, state }: WaitRequest): WaitReply["outcome"] {
  // Before the state: who sees WAITING finds whom to interrupt.
  if (!enter(thread)) return "gone";
  try {
    if (Atomics.compareExchange(state, 0, POSTED, WAITING) !== POSTED) return "gone";
    while (Atomics.load(state, 0) !== GIVEN_UP) {
      if (waitForSemaphores(set, steps, SLICE_MS) !== "done") continue;
      Atomics.store(state, 0, MADE);
      return "made";
    }
    return "gone";
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    return { syscall: error.syscall, errno: -error.errno };
  } finally {
    leave();
  }
}

/** Native code that is cut short by the end of its environment ends the process with a fatal error. */
function enter(as: number): boolean {
  Atomics.store(shared, NATIVE, as);
  if (Atomics.load(shared, CLOSING) === 0) return true;
  leave();
  return false;
}

function leave(): void {
  Atomics.store(shared, NATIVE, 0);
  Atomics.notify(shared, NATIVE);
}
