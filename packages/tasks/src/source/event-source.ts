import type { ProcEventListener } from "../connector/event-queue.ts";
import type { Loss } from "../connector/loss.ts";
import type { SourceFacts } from "../table/exec-facts.ts";

/** What drives a watch with process events. The connector is one; another may stand in its place (`WatchOptions.events`). */
export interface EventSource {
  /** One word, for counters and traces: `"connector"`, `"bpf"`. */
  readonly name: string;
  /** Starts reading of its own accord. Keeps the process alive until `unref` or `close`. What happened since it was opened is told. */
  start(): void;
  /** Tells what is there to be read now, in this turn; may leave the rest of a flood for later turns. Safe from within `sink`. */
  drain(): void;
  /** Tells what is there to be read now, however much that is. */
  drainAll(): void;
  /** Kernel events wanted besides those of a task's life, as a mask of `PROC_EVENT_*`; 0 for none. What it cannot tell it leaves out. */
  setNotices(mask: number): void;
  /**
   * Whether execs are to be told as soon as they happen, while what is read of them in /proc is still there (they are, until this
   * says otherwise), or may come with the rest. Where there is no such function they are told as ever.
   */
  hurry?(wanted: boolean): void;
  /** Exact at any time, also after `close`. */
  counters(): SourceCounters;
  ref(): void;
  unref(): void;
  /** Stops and gives everything back; tells nothing more. Twice does nothing. */
  close(): void;
}

/** What every source counts since it was opened; each may count more, in numbers that JSON can carry. */
export interface SourceCounters {
  /** Events told. */
  readonly received: number;
  /** Events of tasks' lives that are known to be lost. */
  readonly lost: number;
}

/** Where a source's events go. It calls none of these before `start` or `drain` was called, nor after `close`. */
export interface EventSink {
  /**
   * One event: of one task in the order in which they happened, of a parent's fork before whatever the child does. Pids are
   * those that our own /proc shows, times CLOCK_MONOTONIC.
   */
  readonly event: ProcEventListener;
  /** Told where it belongs among the events. The watch then looks at /proc for what is missing. */
  readonly lost: (loss: Loss) => void;
  /** All that was there has been told. */
  readonly settled: () => void;
  /**
   * Facts of the exec whose event comes next for this process, read when they could not be missed. A fact that is left
   * out is read from /proc.
   */
  readonly facts: (tgid: number, facts: SourceFacts) => void;
  /**
   * A process has made an exec whose event comes later, in its turn and with this very time: what is soon gone from /proc is read at
   * once. A source that tells execs as they happen need not.
   */
  readonly foretell?: (tgid: number, timeNs: bigint) => void;
}

/**
 * Opens a source, so that whatever happens after it returned is told once it is started.
 *
 * @throws SourceUnavailableError
 */
export type OpenEventSource = (sink: EventSink) => EventSource;
