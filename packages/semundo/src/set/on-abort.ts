const lists = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once when a signal aborts. One listener a signal, however many wait with it: Node.js warns of a leak at eleven.
 *
 * @param signal not aborted yet
 * @returns takes it back
 */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  const calls = lists.get(signal) ?? listen(signal);
  calls.add(call);
  // The listener stays: empty, it costs nothing, and the signal is its only owner.
  return () => void calls.delete(call);
}

function listen(signal: AbortSignal): Set<() => void> {
  const calls = new Set<() => void>();
  lists.set(signal, calls);
  signal.addEventListener("abort", () => calls.forEach((call) => call()), { once: true });
  return calls;
}
