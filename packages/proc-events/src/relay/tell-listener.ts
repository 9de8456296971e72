import type { Peer } from "./peer.ts";
import type { RelayError } from "./relay-error.ts";
import type { ListenerEvent, RelayOptions } from "./relay-options.ts";

/** What happened, to whom, and why. */
export interface Happening {
  readonly type: ListenerEvent["type"];
  readonly peer: Peer;
  readonly session?: string;
  readonly error?: RelayError | undefined;
}

/** Tells whoever started the relay of a listener. What that throws becomes an uncaught exception, and stops nothing. */
export function tellListener(onListener: RelayOptions["onListener"], happening: Happening): void {
  if (onListener === undefined) return;
  const { type, peer, session, error } = happening;
  const { pid, uid, gid } = peer;
  try {
    onListener({
      type,
      pid,
      uid,
      gid,
      ...(session !== undefined && { session }),
      ...(error && { error: { code: error.code, message: error.message } }),
    });
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
}
