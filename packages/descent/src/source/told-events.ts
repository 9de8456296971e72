/** The events of the connector, as they are told to a watch. @module */
import {
  type EventSink,
  PROC_EVENT_COMM,
  PROC_EVENT_EXEC,
  PROC_EVENT_EXIT,
  PROC_EVENT_FORK,
} from "@task-watchers/tasks";
import { encodeText } from "@task-watchers/linux/text";
import type { ProcReader } from "@task-watchers/linux/procfs";
import { isUnavailable } from "@task-watchers/linux/procfs";
import type { LifeRecord } from "@task-watchers/perf";
import { type ExitStatus, exitStatus } from "../tasks/exit-status.ts";
import type { LiveProcess } from "../tasks/live-process.ts";
import type { StoppedExec } from "../tasks/stopped-exec.ts";
import type { Counting } from "./counters.ts";
import type { Told } from "./told.ts";

/** How long a dead process may stay unreaped before its status is given up, nanoseconds. */
const REAP_GRACE_NS = 1_000_000_000n;
/** What the kernel says where there is no status. */
const NO_STATUS = -1;

/** A task was forked. */
export class ToldFork implements Told {
  readonly #record: Omit<LifeRecord, "type">;
  #before: ((fork: ToldFork) => void) | undefined;
  #isTold = false;

  /** @param before called first, once; may tell it itself */
  constructor(record: Omit<LifeRecord, "type">, before?: (fork: ToldFork) => void) {
    this.#record = record;
    this.#before = before;
  }

  get isTold(): boolean {
    return this.#isTold;
  }

  get pid(): number {
    return this.#record.pid;
  }

  ready(): boolean {
    return true;
  }

  /** Twice does nothing. */
  tell(sink: EventSink): void {
    const before = this.#before;
    this.#before = undefined;
    before?.(this);
    if (this.#isTold) return;
    this.#isTold = true;
    const { tid, pid, ptid, ppid, timeNs } = this.#record;
    sink.event(PROC_EVENT_FORK, tid, pid, ptid, ppid, timeNs, 0, 0);
  }
}

/** A thread that is not its process's last has ended. */
export class ToldThreadExit implements Told {
  readonly #of: { readonly tid: number; readonly tgid: number; readonly timeNs: bigint };
  readonly #status: number;

  /** @param asked what its process had asked for by then */
  constructor(
    of: { readonly tid: number; readonly tgid: number; readonly timeNs: bigint },
    asked: number | undefined,
  ) {
    this.#of = of;
    this.#status = asked ?? NO_STATUS;
  }

  ready(): boolean {
    return true;
  }

  tell(sink: EventSink): void {
    const { tid, tgid, timeNs } = this.#of;
    sink.event(PROC_EVENT_EXIT, tid, tgid, this.#status, 0, timeNs, 0, 0);
  }
}

/** A process has ended. */
export class ToldExit implements Told {
  readonly #tid: number;
  readonly #timeNs: bigint;
  readonly #process: LiveProcess;
  readonly #counters: Counting;
  #status: ExitStatus | undefined;

  constructor(process: LiveProcess, tid: number, timeNs: bigint, counters: Counting) {
    this.#process = process;
    this.#tid = tid;
    this.#timeNs = timeNs;
    this.#counters = counters;
  }

  ready(nowNs: bigint): boolean {
    this.#status ??= exitStatus(this.#process, this.#timeNs);
    return this.#status !== undefined || nowNs - this.#timeNs > REAP_GRACE_NS;
  }

  tell(sink: EventSink): void {
    this.#process.close();
    const known = this.#status !== undefined && "status" in this.#status;
    if (!known) this.#counters.statusMissing++;
    const status = this.#status && "status" in this.#status ? this.#status.status : NO_STATUS;
    const { tgid } = this.#process;
    const isLast = known ? 1 : 0;
    sink.event(PROC_EVENT_EXIT, this.#tid, tgid, status, 0, this.#timeNs, isLast, status);
  }
}

/** A process runs another program. */
export class ToldExec implements Told {
  readonly #tgid: number;
  readonly #timeNs: bigint;
  readonly #stopped: StoppedExec | undefined;
  readonly #exe: string | undefined;

  /** @param exe where the program really is, when it was to be seen */
  constructor(
    tgid: number,
    timeNs: bigint,
    stopped: StoppedExec | undefined,
    exe: string | undefined,
  ) {
    this.#tgid = tgid;
    this.#timeNs = timeNs;
    this.#stopped = stopped;
    this.#exe = exe;
  }

  ready(): boolean {
    return true;
  }

  tell(sink: EventSink): void {
    if (this.#stopped) {
      const facts = { ...this.#stopped.facts, ...(this.#exe !== undefined && { exe: this.#exe }) };
      sink.facts(this.#tgid, facts);
    }
    sink.event(PROC_EVENT_EXEC, this.#tgid, this.#tgid, 0, 0, this.#timeNs, 0, 0);
  }
}

/** A thread has another name, of which somebody wants to know. */
export class ToldComm implements Told {
  readonly #words: Uint32Array;
  readonly #of: { readonly pid: number; readonly tid: number; readonly timeNs: bigint };

  constructor(
    of: { readonly pid: number; readonly tid: number; readonly timeNs: bigint },
    comm: string,
  ) {
    this.#of = of;
    const bytes = new Uint8Array(16);
    bytes.set(encodeText(comm).subarray(0, 15));
    this.#words = new Uint32Array(bytes.buffer);
  }

  ready(): boolean {
    return true;
  }

  tell(sink: EventSink): void {
    const [a = 0, b = 0, c = 0, d = 0] = this.#words;
    const { pid, tid, timeNs } = this.#of;
    sink.event(PROC_EVENT_COMM, tid, pid, a, b, timeNs, c, d);
  }
}

/** Path of the program that a process runs now; undefined when it cannot be had. */
export function exeOf(proc: ProcReader, tgid: number): string | undefined {
  const exe = proc.exe(tgid);
  return isUnavailable(exe) ? undefined : exe;
}
