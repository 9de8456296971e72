interface Listening {
  readonly calls: Set<() => void>;
  readonly listener: () => void;
}

const lists = new WeakMap<AbortSignal, Listening>();

/**
 * Calls back once when a signal aborts. One listener a signal, however many wait with it: Node.js warns of a leak at eleven.
 * None while nobody waits: a signal may live as long as the program.
 *
 * @param signal not aborted yet
 * @returns takes it back
 */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  const { calls, listener } = lists.get(signal) ?? listen(signal);
  calls.add(call);
  return () => {
    calls.delete(call);
    if (calls.size > 0 || lists.get(signal)?.calls !== calls) return;
    lists.delete(signal);
    signal.removeEventListener("abort", listener);
  };
}

function listen(signal: AbortSignal): Listening {
  const calls = new Set<() => void>();
  const listener = (): void => calls.forEach((call) => call());
  const listening = { calls, listener };
  lists.set(signal, listening);
  signal.addEventListener("abort", listener, { once: true });
  return listening;
}
