import { monotonicNs } from "@task-watchers/linux/clock";
import type { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import { pidfdExit, pidfdOpen } from "@task-watchers/linux/pidfd";
import { Readiness } from "@task-watchers/linux/readiness";

/** How a process ended, as far as a pidfd tells. */
export interface ProcessEnd {
  readonly pid: number;
  /** CLOCK_MONOTONIC, nanoseconds: when the end was learned. */
  readonly timeNs: bigint;
  /** Wait status; absent when it could not be had, and then `missing` says why. */
  readonly status?: number;
  /** `not-reaped`: its parent had not waited for it in time. `unsupported`: before Linux 6.15. */
  readonly missing?: "not-reaped" | "unsupported";
}

/** How long a dead process may stay unreaped before its status is given up, milliseconds. */
const REAP_GRACE_MS = 1000;
const FIRST_RETRY_MS = 1;

/**
 * Waits for named processes, not only children, to end. Needs no privilege, cannot miss an end, and costs a descriptor a
 * process. Tells nothing of forks and execs. Since Linux 5.3; wait status since 6.15.
 */
export class PidfdSource {
  readonly #onEnd: (end: ProcessEnd) => void;
  readonly #watched = new Map<number, Watched>();
  #referenced = true;

  constructor(onEnd: (end: ProcessEnd) => void) {
    this.#onEnd = onEnd;
  }

  /** @throws SyscallError `ESRCH` when there is no such process, `EMFILE` at the descriptor limit */
  add(pid: number): void {
    if (this.#watched.has(pid)) return;
    const watched = new Watched(pid, (end) => {
      this.#watched.delete(pid);
      this.#onEnd(end);
    });
    this.#watched.set(pid, watched);
    if (!this.#referenced) watched.unref();
  }

  ref(): void {
    this.#referenced = true;
    for (const watched of this.#watched.values()) watched.ref();
  }

  unref(): void {
    this.#referenced = false;
    for (const watched of this.#watched.values()) watched.unref();
  }

  close(): void {
    for (const watched of this.#watched.values()) watched.close();
    this.#watched.clear();
  }
}

class Watched {
  readonly #readiness: Readiness;
  readonly #pid: number;
  readonly #fd: FileDescriptor;
  readonly #done: (end: ProcessEnd) => void;
  #retry: NodeJS.Timeout | undefined;
  #referenced = true;

  constructor(pid: number, done: (end: ProcessEnd) => void) {
    this.#pid = pid;
    this.#done = done;
    this.#fd = pidfdOpen(pid);
    try {
      this.#readiness = new Readiness(this.#fd, () => this.#ended());
    } catch (error) {
      this.#fd.close();
      throw error;
    }
  }

  ref(): void {
    this.#referenced = true;
    this.#readiness.ref();
    this.#retry?.ref();
  }

  unref(): void {
    this.#referenced = false;
    this.#readiness.unref();
    this.#retry?.unref();
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#readiness.close();
    this.#fd.close();
  }

  /** Readable for ever from now on: stop asking, or the loop spins. The status is there once the parent has reaped it. */
  #ended(): void {
    const timeNs = monotonicNs();
    this.#readiness.stop();
    this.#settle(timeNs, FIRST_RETRY_MS);
  }

  #settle(timeNs: bigint, delayMs: number): void {
    const exit = pidfdExit(this.#fd);
    if ("missing" in exit && exit.missing === "not-reaped" && delayMs < REAP_GRACE_MS) {
      this.#retry = setTimeout(() => this.#settle(timeNs, delayMs * 2), delayMs);
      if (!this.#referenced) this.#retry.unref();
      return;
    }
    this.close();
    this.#done({ pid: this.#pid, timeNs, ...exit });
  }
}
