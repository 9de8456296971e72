import type { LostEvent, ProcEvent } from "../event/proc-event.ts";
import { BoundedQueue } from "./bounded-queue.ts";

/** Events that wait for their reader at most, unless told otherwise. */
export const DEFAULT_QUEUE_LIMIT = 65_536;

/** What there is of an event for a queue to go by. */
interface Queued {
  readonly type: string;
  readonly timeNs: bigint;
}

/** A queue of events: exits are dropped last, losses are never forgotten. */
export function eventQueue<T extends Queued = ProcEvent>(
  limit: number = DEFAULT_QUEUE_LIMIT,
): BoundedQueue<T | LostEvent> {
  return new BoundedQueue<T | LostEvent>({
    limit,
    isPrecious: ({ type }) => type === "exit" || type === "lost",
    lost: (dropped, before) => joined(dropped, before),
  });
}

function joined(dropped: Queued | LostEvent, before: Queued | LostEvent | undefined): LostEvent {
  const { timeNs } = dropped;
  const sinceNs = isLost(dropped) ? dropped.sinceNs : timeNs;
  const count = isLost(dropped) ? dropped.count : 1;
  if (before === undefined || !isLost(before)) {
    return { type: "lost", timeNs, reason: "queue", count, sinceNs, untilNs: timeNs };
  }
  const sum = before.count === null || count === null ? null : before.count + count;
  return { ...before, timeNs, count: sum, untilNs: timeNs };
}

function isLost(event: Queued | LostEvent): event is LostEvent {
  return event.type === "lost";
}
