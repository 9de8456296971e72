import { errorText } from "../notifier/error-text.ts";
import { isThenable } from "../notifier/failures.ts";
import { NotifierError } from "../notifier/notifier-error.ts";
import { reportError } from "../notifier/report-error.ts";
import type { TaskEventName } from "./task-event.ts";

/** A watcher's op threw, rejected or answered nonsense; `cause` says how. */
export class WatcherError extends Error {
  override readonly name = "WatcherError";
  /** Name of the watcher. */
  readonly watcher: string;
  /** The event it failed at. */
  readonly event: TaskEventName;
  /** `id` of the task the event was about. */
  readonly taskId: string;

  constructor(watcher: string, event: TaskEventName, taskId: string, cause: unknown) {
    super(`watcher "${watcher}" failed at ${event} of task ${taskId}: ${errorText(cause)}`, {
      cause,
    });
    this.watcher = watcher;
    this.event = event;
    this.taskId = taskId;
  }
}

/** Hears of every failure of a watcher. One that throws is itself reported and harms nobody. */
export type WatcherErrorSink = (error: WatcherError) => void;

/** Where the errors of a chain's watchers go: to all sinks, or to the host while there is none. */
export class WatcherErrorSinks {
  #sinks: readonly WatcherErrorSink[] = [];

  /** @throws `NotifierError` `EEXIST` when it is there already */
  add(sink: WatcherErrorSink): () => void {
    if (typeof sink !== "function") {
      throw new TypeError(`an error sink must be a function, got ${typeof sink}`);
    }
    if (this.#sinks.includes(sink)) {
      throw new NotifierError("EEXIST", "this error sink is attached already");
    }
    this.#sinks = [...this.#sinks, sink];
    return () => {
      this.#sinks = this.#sinks.filter((other) => other !== sink);
    };
  }

  /** Never throws. */
  report(error: WatcherError): void {
    if (this.#sinks.length === 0) {
      reportError(error);
    }
    for (const sink of this.#sinks) {
      try {
        // A sink may turn out to be an async function.
        const answer: unknown = sink(error);
        if (isThenable(answer)) {
          Promise.resolve(answer).then(undefined, reportError);
        }
      } catch (sinkError) {
        reportError(sinkError);
        reportError(error);
      }
    }
  }
}
