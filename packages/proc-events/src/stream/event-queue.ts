import type { LostEvent, ProcEvent } from "../event/proc-event.ts";
import { BoundedQueue } from "./bounded-queue.ts";

/** Events that wait for their reader at most, unless told otherwise. */
export const DEFAULT_QUEUE_LIMIT = 65_536;

/** What there is of an event for a queue to go by. */
interface Queued {
  readonly type: string;
  readonly timeNs: bigint;
}

/** A bound on the size of what waits, beside that on its number. */
export interface SizeLimit<T> {
  readonly max: number;
  readonly of: (event: T) => number;
}

/** A queue of events: exits are dropped last, losses are never forgotten, and each keeps its reason. */
export function eventQueue<T extends Queued = ProcEvent>(
  limit: number = DEFAULT_QUEUE_LIMIT,
  size?: SizeLimit<T | LostEvent>,
): BoundedQueue<T | LostEvent> {
  return new BoundedQueue<T | LostEvent>({
    limit,
    ...(size && { maxWeight: size.max, weigh: size.of }),
    isPrecious: ({ type }) => type === "exit" || type === "lost",
    isLoss: isLost,
    reasonOf: (event) => (isLost(event) ? event.reason : "queue"),
    lost: (event, before) => joined(lossBy(event), before),
  });
}

/** What is lost by an event that is dropped; a loss is told as it is. */
function lossBy(event: Queued | LostEvent): LostEvent {
  if (isLost(event)) return event;
  const { timeNs } = event;
  return { type: "lost", timeNs, reason: "queue", count: 1, sinceNs: timeNs, untilNs: timeNs };
}

function joined(loss: LostEvent, before: Queued | LostEvent | undefined): LostEvent {
  if (before === undefined || !isLost(before)) return loss;
  const count = before.count === null || loss.count === null ? null : before.count + loss.count;
  return { ...before, timeNs: loss.timeNs, count, untilNs: loss.untilNs };
}

function isLost(event: Queued | LostEvent): event is LostEvent {
  return event.type === "lost";
}
