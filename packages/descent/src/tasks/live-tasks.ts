import type { ExecCall, StoppedCall } from "@task-watchers/exec-stop";
import type { ProcReader } from "@task-watchers/linux/procfs";
import type { CommRecord, LifeRecord } from "@task-watchers/perf";
import type { Counting } from "../source/counters.ts";
import type { ToldQueue } from "../source/told.ts";
import {
  exeOf,
  ToldComm,
  ToldExec,
  ToldExit,
  ToldFork,
  ToldThreadExit,
} from "../source/told-events.ts";
import { type Credentials, execChanges, readCredentials } from "./credentials.ts";
import type { EventSink } from "@task-watchers/tasks";
import { LiveProcess } from "./live-process.ts";
import { Processes } from "./processes.ts";
import { factsOf, isSetId, type StoppedExec } from "./stopped-exec.ts";
import { ThreadIds } from "./thread-ids.ts";

/** What the tasks of a descent are made of. */
export interface LiveTasksParts {
  readonly queue: ToldQueue;
  readonly proc: ProcReader;
  readonly counters: Counting;
  /** Whether set-user-ID programs give rights in the tree. */
  readonly gainsIds: boolean;
  /** Called before the fork of a command of ours is told. */
  readonly onRoot: (fork: ToldFork) => void;
}

/** A task that was forked, as a record of perf tells of it. */
export type Forked = Omit<LifeRecord, "type">;

/** The live tasks of a tree. What happens to them comes in here in order of time, and goes into the queue. */
export class LiveTasks {
  readonly #parts: LiveTasksParts;
  readonly #processes: Processes;
  readonly #ids: ThreadIds;
  /** Our own, if exec changes them. */
  readonly #own: Credentials | undefined;

  constructor(parts: LiveTasksParts) {
    this.#parts = parts;
    const { proc, queue, counters } = parts;
    this.#processes = new Processes(proc);
    this.#ids = new ThreadIds(proc, queue, counters);
    const own = readCredentials(proc, process.pid);
    this.#own = own && execChanges(own) ? own : undefined;
  }

  /** Live processes. */
  get size(): number {
    return this.#processes.size;
  }

  processes(): IterableIterator<LiveProcess> {
    return this.#processes.all();
  }

  process(tgid: number): LiveProcess | undefined {
    return this.#processes.get(tgid);
  }

  forked(record: Forked): void {
    const { pid, tid, ppid, ptid, timeNs } = record;
    const { queue, onRoot } = this.#parts;
    const isOurs = ppid === process.pid;
    const fork = new ToldFork(record, isOurs && tid === pid ? onRoot : undefined);
    if (tid !== pid) this.#processes.addThread(tid, pid);
    else {
      const forked = new LiveProcess(pid, timeNs);
      const parent = this.#processes.get(ppid);
      // Kept only as long as it may have to be told of first.
      forked.origin = { parent: parent?.origin?.fork.isTold === false ? parent : undefined, fork };
      forked.open();
      this.#processes.add(forked);
    }
    this.#ids.inherit(tid, ptid);
    if (isOurs && this.#own) this.#ids.know(tid, this.#own);
    queue.push(fork);
  }

  exited({
    pid,
    tid,
    timeNs,
  }: {
    readonly pid: number;
    readonly tid: number;
    readonly timeNs: bigint;
  }): void {
    const { queue, counters } = this.#parts;
    const found = this.#processes.get(pid) ?? new LiveProcess(pid, timeNs);
    this.#ids.ended(tid);
    this.#processes.deleteThread(tid);
    found.threads.delete(tid);
    found.execs.delete(tid);
    if (found.threads.size > 0) {
      queue.push(new ToldThreadExit({ tid, tgid: pid, timeNs }, found.asked));
      return;
    }
    this.#processes.delete(pid);
    queue.push(new ToldExit(found, tid, timeNs, counters));
  }

  /** A process runs another program, its first thread now being the one that asked for it. */
  ran(tgid: number, timeNs: bigint): void {
    const { queue, proc, counters } = this.#parts;
    const found = this.#processes.get(tgid);
    for (const tid of found?.threads ?? []) this.#processes.deleteThread(tid);
    const stopped = found?.ran();
    if (stopped === undefined) counters.unstoppedExecs++;
    const tid = stopped?.call.pid ?? tgid;
    if (tid !== tgid) this.#ids.moved(tid, tgid);
    if (stopped?.before) this.#ids.ask({ tid: tgid, tgid, timeNs }, stopped.before);
    queue.push(new ToldExec(tgid, timeNs, stopped, exeOf(proc, tgid)));
  }

  named({ pid, tid, timeNs, comm }: CommRecord): void {
    this.#parts.queue.push(new ToldComm({ pid, tid, timeNs }, comm));
  }

  /** A process that stands still, and its ancestors, are told of now, though other things may have to wait. */
  tellOf(tid: number, sink: EventSink): void {
    const forks: ToldFork[] = [];
    let found = this.#processes.get(this.#processes.tgidOf(tid) ?? tid);
    for (; found?.origin; found = found.origin.parent) {
      // What was told need not be kept.
      if (found.origin.fork.isTold) break;
      forks.push(found.origin.fork);
    }
    for (const fork of forks.toReversed()) fork.tell(sink);
  }

  /** A task stands still in exec. @returns undefined when it is gone */
  stoppedExec(call: ExecCall): StoppedExec | undefined {
    const tgid = this.#processes.tgidOf(call.pid);
    if (tgid === undefined) return undefined;
    const moment = { tid: call.pid, tgid, timeNs: call.timeNs };
    this.#ids.catchUp(moment);
    const stopped = { call, facts: factsOf(call), ...this.#idsBefore(call) };
    const found = this.#processes.found(tgid, call.timeNs);
    found.open();
    // The one stopped last is last.
    found.execs.delete(call.pid);
    found.execs.set(call.pid, stopped);
    return stopped;
  }

  #idsBefore(call: ExecCall): { readonly before?: Credentials } {
    const known = this.#ids.known(call.pid);
    const isOther = known !== undefined && execChanges(known);
    if (!isOther && !(this.#parts.gainsIds && isSetId(call))) return {};
    const before = known ?? readCredentials(this.#parts.proc, call.pid);
    return before ? { before } : {};
  }

  /** A task stands still in a call that may change its ids. */
  stoppedIds({ pid: tid, timeNs }: StoppedCall): void {
    const tgid = this.#processes.tgidOf(tid);
    if (tgid === undefined) return;
    this.#ids.catchUp({ tid, tgid, timeNs });
    this.#ids.ask({ tid, tgid, timeNs });
  }

  /** A task stands still in an exec that may change its ids. */
  askIds(tid: number, timeNs: bigint, before: Credentials): void {
    this.#ids.ask({ tid, tgid: this.#processes.tgidOf(tid) ?? tid, timeNs }, before);
  }

  /** A task stands still in exit_group. */
  stoppedExit({ pid: tid, timeNs, first }: StoppedCall): LiveProcess | undefined {
    const tgid = this.#processes.tgidOf(tid);
    if (tgid === undefined) return undefined;
    this.#ids.catchUp({ tid, tgid, timeNs });
    const found = this.#processes.found(tgid, timeNs);
    // Whichever thread comes first decides.
    found.asked ??= (first & 0xff) << 8;
    found.open();
    return found;
  }

  /** Records were lost: what is known is compared with /proc. */
  resync(): void {
    this.#processes.resync();
  }

  close(): void {
    this.#processes.close();
  }
}
