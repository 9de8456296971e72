import type { ExitEvent, Task } from "@task-watchers/chain";
import { clockOffsets, monotonicNs } from "@task-watchers/linux";
import { isUnavailable } from "@task-watchers/linux/procfs";
import type { DelaysFeed, FeedSink } from "../watcher/delays-feed.ts";
import type { Beginning } from "../watcher/seat.ts";
import { fromLooks, type LookedAt } from "../watcher/task-delays.ts";
import { lookAt } from "./proc-look.ts";
import { ProcSampler } from "./proc-sampler.ts";

/** Milliseconds between two looks. */
const INTERVAL_MS = 500;

/** Figures from looks at /proc; of processes only. */
export class ProcFeed implements DelaysFeed {
  readonly source = "proc";
  readonly #sink: FeedSink;
  readonly #sampler: ProcSampler;
  readonly #seats = new Map<Task, LookedAt>();
  #missing = 0;

  constructor(sink: FeedSink, intervalMs: number = INTERVAL_MS) {
    this.#sink = sink;
    // The clocks part when the machine is suspended.
    const nowBootNs = (): bigint => monotonicNs() + clockOffsets().boottimeNs;
    this.#sampler = new ProcSampler({
      look: (pid) => lookAt(pid, { nowBootNs: nowBootNs() }),
      now: monotonicNs,
      intervalMs,
    });
  }

  begin(task: Task, { existing }: Beginning): void {
    if (task.pid !== task.tgid) return;
    this.#seats.set(task, { task, existing });
    this.#sampler.begin(task);
  }

  exit(event: ExitEvent, task: Task): undefined {
    const seat = this.#seats.get(task);
    if (seat === undefined) return;
    this.#seats.delete(task);
    const seen = this.#sampler.end(task);
    if (isUnavailable(seen)) this.#missing++;
    this.#sink.settled(fromLooks(seat, event, seen, this.#sink.switched(task, event)));
  }

  free(task: Task): void {
    this.#seats.delete(task);
    this.#sampler.free(task);
  }

  counters(): Readonly<Record<string, number>> {
    const { looks, leftOut } = this.#sampler;
    return { sampled: looks, looksLeftOut: leftOut, missing: this.#missing };
  }

  close(): Promise<void> {
    this.#sampler.close();
    return Promise.resolve();
  }
}
