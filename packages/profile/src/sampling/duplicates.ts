import type { PerfRecord } from "@task-watchers/perf";

/**
 * A thread that was cloned while its process was searched for threads may have an event of its own and one that it inherited,
 * on some CPUs or on all, and its children have both then. Which of them is heard first on a CPU is the one that counts.
 */
export class Duplicates {
  /** By thread, then by CPU. */
  readonly #events = new Map<number, Map<number, bigint>>();

  /** Whether a record, told in order of time, is a second sample of the same time on a CPU. */
  has(record: PerfRecord): boolean {
    if (record.type === "exit") this.#events.delete(record.tid);
    if (record.type !== "sample") return false;
    const { tid, cpu, event } = record;
    let events = this.#events.get(tid);
    if (events === undefined) this.#events.set(tid, (events = new Map()));
    const known = events.get(cpu);
    if (known === undefined) events.set(cpu, event);
    return known !== undefined && known !== event;
  }
}
