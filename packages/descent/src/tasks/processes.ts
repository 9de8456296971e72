import { isUnavailable, type ProcReader } from "@task-watchers/linux/procfs";
import { LiveProcess } from "./live-process.ts";

/** Live processes by their id, and by their threads'. */
export class Processes {
  readonly #proc: ProcReader;
  readonly #processes = new Map<number, LiveProcess>();
  /** Process of each thread that is not its process's first. */
  readonly #processOf = new Map<number, number>();

  constructor(proc: ProcReader) {
    this.#proc = proc;
  }

  get size(): number {
    return this.#processes.size;
  }

  all(): IterableIterator<LiveProcess> {
    return this.#processes.values();
  }

  get(tgid: number): LiveProcess | undefined {
    return this.#processes.get(tgid);
  }

  /** One of which no fork was heard is there all the same. */
  found(tgid: number, timeNs: bigint): LiveProcess {
    let found = this.#processes.get(tgid);
    if (found === undefined) this.#processes.set(tgid, (found = new LiveProcess(tgid, timeNs)));
    return found;
  }

  /** Process of a thread that stands still. */
  tgidOf(tid: number): number | undefined {
    const known = this.#processes.has(tid) ? tid : this.#processOf.get(tid);
    if (known !== undefined) return known;
    const status = this.#proc.status(tid);
    return isUnavailable(status) ? undefined : status.tgid;
  }

  add(process: LiveProcess): void {
    // Should it be there, its exit was lost.
    this.#processes.get(process.tgid)?.close();
    this.#processOf.delete(process.tgid);
    this.#processes.set(process.tgid, process);
  }

  addThread(tid: number, tgid: number): void {
    this.#processes.get(tgid)?.threads.add(tid);
    this.#processOf.set(tid, tgid);
  }

  deleteThread(tid: number): void {
    this.#processOf.delete(tid);
  }

  delete(tgid: number): void {
    this.#processes.delete(tgid);
  }

  /** Records were lost: threads as they are by /proc; processes that are not there for the second time are forgotten. */
  resync(): void {
    for (const found of this.#processes.values()) {
      const threads = this.#proc.threads(found.tgid);
      if (threads.length === 0 && found.isMissed) {
        this.#processes.delete(found.tgid);
        found.close();
      }
      found.isMissed = threads.length === 0;
      if (threads.length === 0) continue;
      found.threads.clear();
      for (const tid of threads) {
        found.threads.add(tid);
        if (tid !== found.tgid) this.#processOf.set(tid, found.tgid);
      }
    }
  }

  close(): void {
    for (const found of this.#processes.values()) found.close();
    this.#processes.clear();
  }
}
