import type { LostEvent, TaskProcEvent } from "../event/proc-event.ts";
import type { ProcEventFilter } from "../filter/filter.ts";

/** Where a subscriber's events go. Called from inside the watcher: must be quick, must not throw. */
export interface ProcEventSink {
  /** An event that the filter lets through. The same object goes to every subscriber. */
  event(event: TaskProcEvent): void;
  lost(event: LostEvent): void;
  /** No more will come: the watch was closed, or the module unloaded. */
  ended(): void;
  /** The processes that the filter names have ended, with all their descent: only losses may still come. */
  over?(): void;
}

/** Gives events to whoever asks. */
export interface ProcEventSource {
  /**
   * Tells the sink of everything that the filter lets through from now on; tasks that are there already first, before it
   * returns, when the filter asks for them.
   *
   * @returns what ends it; no event comes after that was called
   * @throws TypeError or RangeError on a bad filter; Error `ESRCH` when a process it names is not there, `EINVAL` when it
   *   is a thread
   */
  subscribe(filter: ProcEventFilter, sink: ProcEventSink): () => void;
}
