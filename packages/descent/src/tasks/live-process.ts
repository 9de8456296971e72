import type { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import { pidfdOpen } from "@task-watchers/linux/pidfd";
import { SyscallError } from "@task-watchers/linux/syscall-error";
import type { ToldFork } from "../source/told-events.ts";
import type { StoppedExec } from "./stopped-exec.ts";

/** A process of the tree that has not ended, as far as is known. */
export class LiveProcess {
  readonly tgid: number;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly startNs: bigint;
  /** What forked it, and how that is told; absent when no fork was heard. */
  origin: { readonly parent: LiveProcess | undefined; readonly fork: ToldFork } | undefined;
  /** Its live threads, the first among them. */
  readonly threads: Set<number>;
  /** Names it for ever; absent when it was gone before, or there was no descriptor to be had. */
  pidfd: FileDescriptor | undefined;
  /** Why there is no pidfd. */
  pidfdMissing: string | undefined;
  /** Wait status it has asked for by exit_group(2). */
  asked: number | undefined;
  /** The execs its threads were last stopped in, by thread; those that failed stay until the thread's next. */
  readonly execs: Map<number, StoppedExec> = new Map();
  /** Not found in /proc at a look after a loss. */
  isMissed = false;

  constructor(tgid: number, startNs: bigint) {
    this.tgid = tgid;
    this.startNs = startNs;
    this.threads = new Set([tgid]);
  }

  /**
   * It runs another program: the exec that this was. When a thread's exec succeeds all other threads have ended before, so
   * one is left, or was the last.
   */
  ran(): StoppedExec | undefined {
    const stopped = [...this.execs.values()].at(-1);
    this.execs.clear();
    this.threads.clear();
    this.threads.add(this.tgid);
    this.asked = undefined;
    return stopped;
  }

  /** While it lives, so that its exit status can be had afterwards. Twice does nothing. */
  open(): void {
    if (this.pidfd !== undefined) return;
    try {
      this.pidfd = pidfdOpen(this.tgid);
      this.pidfdMissing = undefined;
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      this.pidfdMissing = error.code;
    }
  }

  close(): void {
    this.pidfd?.close();
    this.pidfd = undefined;
  }
}
