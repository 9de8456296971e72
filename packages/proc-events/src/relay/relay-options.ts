import { constants } from "node:fs";
import type { ProcEventSource } from "../module/proc-event-source.ts";
import { type AllowedPeers, checkIds, groupId } from "./access.ts";
import type { SessionLimits } from "./sessions.ts";
import { checkSocketPath, type SocketAccess } from "./socket-path.ts";

/** What happened to a listener of a relay. */
export interface ListenerEvent {
  /** `lost`: its connection broke; its session is kept for a while. */
  readonly type: "joined" | "resumed" | "lost" | "left" | "refused";
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Absent when it was refused before it had one. */
  readonly session?: string;
  /** Why it was refused or sent away; absent when it was not. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** Where a relay serves, whom, and how much. */
export interface RelayOptions {
  /** Path of the socket, 107 bytes at most. */
  readonly path: string;
  /** Mode of the socket's file (default 0o660): who may write to it may listen. */
  readonly mode?: number;
  /** Group of the socket's file, by name or id (default: the process's). */
  readonly group?: string | number;
  /** Serve only peers with one of these effective user ids, or of these groups (default: whoever can connect). */
  readonly uids?: readonly number[];
  /** As `uids`: supplementary groups count too. A peer in either list is served. */
  readonly gids?: readonly number[];
  /** Most sessions at a time (default 64). */
  readonly maxListeners?: number;
  /** Most sessions of one user at a time (default 16). */
  readonly maxListenersPerUid?: number;
  /** Events kept for a listener that does not keep up (default 65,536); the rest is dropped and counted. */
  readonly queueLimit?: number;
  /** How long a session is kept after its connection broke, milliseconds (default 60,000). */
  readonly retainMs?: number;
  /** Where events come from (default: a watch of the whole host, opened and closed with the relay). */
  readonly source?: ProcEventSource;
  /** Have threads as tasks of their own (default false, and filters that ask for them are refused); only for the default source. */
  readonly threads?: boolean;
  /** As for `watchTasks`; only for the default source. */
  readonly receiveBufferBytes?: number;
  /** Closes the relay. */
  readonly signal?: AbortSignal;
  /** Told of every listener that comes or goes. An exception of it becomes an uncaught one and harms no listener. */
  readonly onListener?: (event: ListenerEvent) => void;
}

/** Options with everything filled in. */
export interface CheckedOptions {
  readonly access: SocketAccess;
  readonly allowed: AllowedPeers;
  readonly limits: SessionLimits;
}

/** @throws TypeError or RangeError that names the option, the value and what would be right */
export function checkRelayOptions(options: RelayOptions): CheckedOptions {
  checkSocketPath(options.path);
  const { mode = 0o660, group, uids, gids } = options;
  if (!Number.isInteger(mode) || mode < 0 || mode > MODE_BITS) {
    throw new RangeError(`mode must be permission bits such as 0o660, got ${String(mode)}`);
  }
  checkIds("uids", uids);
  checkIds("gids", gids);
  if (options.source && options.threads) {
    throw new TypeError(
      "threads is for a relay that watches by itself: a source decides that on its own",
    );
  }
  return {
    access: { mode, ...(group !== undefined && { gid: groupId(group) }) },
    allowed: { ...(uids && { uids }), ...(gids && { gids }) },
    limits: {
      maxListeners: count("maxListeners", options.maxListeners ?? 64, 1),
      maxListenersPerUid: count("maxListenersPerUid", options.maxListenersPerUid ?? 16, 1),
      queueLimit: count("queueLimit", options.queueLimit ?? 65_536, 1),
      retainMs: count("retainMs", options.retainMs ?? 60_000, 0),
    },
  };
}

const MODE_BITS = constants.S_IRWXU | constants.S_IRWXG | constants.S_IRWXO;
/** Most that a timer can wait. */
const MAX_COUNT = 2_147_483_647;

function count(name: string, value: number, min: number): number {
  if (Number.isInteger(value) && value >= min && value <= MAX_COUNT) return value;
  throw new RangeError(
    `${name} must be a whole number from ${min} to ${MAX_COUNT}, got ${String(value)}`,
  );
}
