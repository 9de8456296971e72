import { queueCalls } from "./operate.ts";
import { WaitQueue } from "./wait-queue.ts";
import { WaitWorker } from "./wait-worker.ts";

/** Kept by the set objects that use them. */
const queues = new Map<number, WeakRef<WaitQueue>>();

/** The one queue that all objects of a set share, so that however often a set is opened it costs one thread. */
export function sharedQueue(set: number): WaitQueue {
  const shared = queues.get(set)?.deref();
  if (shared !== undefined) return shared;
  for (const [id, queue] of queues) if (queue.deref() === undefined) queues.delete(id);
  const queue = new WaitQueue(queueCalls(set), (made) => new WaitWorker(made));
  queues.set(set, new WeakRef(queue));
  return queue;
}
