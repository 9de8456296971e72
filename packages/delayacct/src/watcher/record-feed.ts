import { cpus } from "node:os";
import type { ExitEvent, Task } from "@task-watchers/chain";
import { monotonicNs, WallClock } from "@task-watchers/linux";
import type { ExitListener } from "../taskstats/exit-record.ts";
import type { DelayacctOptions, Machine } from "./options.ts";
import { arrivalOf } from "./from-taskstats.ts";
import type { Beginning } from "./seat.ts";
import { pidRoundNs } from "./pid-round.ts";
import { RecordJoin } from "./record-join.ts";
import { fromSeat } from "./task-delays.ts";
import type { DelaysFeed, FeedSink } from "./delays-feed.ts";

/** How long a task waits for its record, milliseconds. It is queued before the exit event is: mostly not at all. */
const GRACE_MS = 200;

/** Figures from the kernel's records of exits. */
export class RecordFeed implements DelaysFeed {
  readonly source = "taskstats";
  readonly #join: RecordJoin;
  readonly #listener: ExitListener;

  private constructor(join: RecordJoin, listener: ExitListener) {
    this.#join = join;
    this.#listener = listener;
  }

  /** @throws TaskstatsUnavailableError, or SyscallError when the kernel refuses sockets */
  static async open(
    machine: Machine,
    options: DelayacctOptions,
    sink: FeedSink,
  ): Promise<RecordFeed> {
    const opened: { listener?: ExitListener } = {};
    const join = new RecordJoin({
      drain: () => opened.listener?.drain(),
      settled: (seat, exit, reason) =>
        sink.settled(fromSeat(seat, exit, { reason, switched: sink.switched(seat.task, exit) })),
      graceMs: GRACE_MS,
      now: monotonicNs,
      pidRoundNs: pidRoundNs(cpus().length),
    });
    const clock = new WallClock();
    const { receiveBufferBytes } = options;
    const listener = await machine.listen({
      ...(receiveBufferBytes !== undefined && { receiveBufferBytes }),
      onRecord: (record) => join.record(arrivalOf(record, clock.realtimeNs(record.readNs))),
      onLost: (loss) => join.recordsLost(loss),
      onError: (error) => sink.failed(error),
    });
    opened.listener = listener;
    // What is queued is read at each exit: alone, it need not keep the process alive.
    listener.unref();
    return new RecordFeed(join, listener);
  }

  begin(task: Task, beginning: Beginning): void {
    this.#join.begin(task, beginning);
  }

  exit(event: ExitEvent, task: Task): Promise<void> | undefined {
    return this.#join.exit(event, task);
  }

  free(task: Task): void {
    this.#join.free(task);
  }

  counters(): Readonly<Record<string, number>> {
    const { records, spoofed, unasked, malformed } = this.#listener.counters;
    const { joined, missing } = this.#join.counters;
    const { unclaimed, lost } = this.#join;
    return { records, joined, unclaimed, lost, missing, spoofed, unasked, malformed };
  }

  async close(): Promise<void> {
    await this.#listener.close();
    this.#join.close();
  }
}
