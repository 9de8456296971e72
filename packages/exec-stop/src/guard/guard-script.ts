/**
 * The guard as a Node.js program, where there is no smaller one: does what guard-x64.S does. Descriptors: 0 the life line, 3 the
 * listener, 4 the calls, 5 the watcher's pidfd. Loaded by nobody else. @module
 */
import { readSync } from "node:fs";
import { Socket } from "node:net";
import { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import { pollReadable } from "@task-watchers/linux/poll-readable";
import { Readiness } from "@task-watchers/linux/readiness";
import { receiveNotification, sendContinue } from "@task-watchers/linux/seccomp-notification";

const STRIDE = 128;
/** How long one wait for a call takes at most, milliseconds. */
const WAIT_MS = 60_000;

const lifeLine = new Socket({ fd: 0 });
lifeLine.on("error", () => {});
lifeLine.once("data", takeOver);
lifeLine.once("close", takeOver);
const death = new Readiness(new FileDescriptor(5), takeOver);

/** Never returns while there is something to do. */
function takeOver(): void {
  death.close();
  const listener = new FileDescriptor(3);
  const call = new Uint8Array(new ArrayBuffer(STRIDE));
  const id = new BigUint64Array(call.buffer, 0, 1);
  for (let at = 0; readSync(4, call, 0, STRIDE, at) === STRIDE; at += STRIDE) {
    if (id[0] !== 0n) sendContinue(listener, id[0] ?? 0n);
  }
  for (;;) {
    const state = pollReadable(listener, WAIT_MS);
    if (state === "ended") process.exit();
    if (state === "idle") continue;
    call.fill(0);
    if (receiveNotification(listener, call)) sendContinue(listener, id[0] ?? 0n);
  }
}
