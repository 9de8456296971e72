import type { TaskWatchers } from "@task-watchers/chain";
import type { Loss } from "../connector/loss.ts";
import type { OpenEventSource } from "../source/event-source.ts";

/** What to watch and how. */
export interface WatchOptions {
  /**
   * `"all"`: every task of the host. `"followed"`: what `follow(pid)` names, with all that descends from it
   * (default).
   */
  readonly scope?: "all" | "followed";
  /** Raise every thread as a task of its own, besides processes (default false). */
  readonly threads?: boolean;
  /** The registry whose chain is driven (default: the process's own, `taskWatchers`). */
  readonly watchers?: TaskWatchers;
  /**
   * Where events come from. `"connector"` (default): the kernel's process events; any user since Linux 6.6,
   * CAP_NET_ADMIN before. `"pidfd"`: only the end of the processes followed, without their descent; any user since 5.3.
   */
  readonly source?: "connector" | "pidfd";
  /** Opens another source of process events, in the connector's place; then there is nothing to be set of the connector. */
  readonly events?: OpenEventSource;
  /**
   * Kernel memory for events not read yet, bytes (default 8 MiB, some 10,000 events). Without CAP_NET_ADMIN clamped to twice
   * net.core.rmem_max. 0 keeps the kernel's default, 256 events.
   */
  readonly receiveBufferBytes?: number;
  /**
   * Have the kernel send only the events that make up a task's life (default true). Without, losses are located per CPU
   * as well, and any user can flood the queue.
   */
  readonly mask?: boolean;
  /** Called for every loss, in the order of events. */
  readonly onLost?: (loss: Loss) => void;
  /** Trace lines that watcher modules write. */
  readonly onLine?: (line: { readonly type: string; readonly [field: string]: unknown }) => void;
  /** Closes the watch. */
  readonly signal?: AbortSignal;
}

/** Every option there is, so that a misspelt one is not taken for none. */
const KNOWN: Readonly<Record<keyof WatchOptions, true>> = {
  scope: true,
  threads: true,
  watchers: true,
  source: true,
  events: true,
  receiveBufferBytes: true,
  mask: true,
  onLost: true,
  onLine: true,
  signal: true,
};

/** @throws TypeError or RangeError that names the option and what would be right */
export function checkWatchOptions(options: WatchOptions): void {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(KNOWN, name)) {
      throw new TypeError(
        `there is no option ${JSON.stringify(name)}; there are ${Object.keys(KNOWN).join(", ")}`,
      );
    }
  }
  isOf("boolean", "mask", options.mask);
  isOf("boolean", "threads", options.threads);
  isOf("function", "onLost", options.onLost);
  isOf("function", "onLine", options.onLine);
  const { scope = "followed", source = "connector", receiveBufferBytes = 0, events } = options;
  oneOf("scope", scope, ["all", "followed"]);
  oneOf("source", source, ["connector", "pidfd"]);
  if (source === "pidfd" && scope === "all") {
    throw new TypeError('source "pidfd" watches named processes; it cannot have scope "all"');
  }
  if (events !== undefined && typeof events !== "function") {
    throw new TypeError(`events must be a function that opens a source, got ${typeof events}`);
  }
  if (events !== undefined && options.source !== undefined) {
    throw new TypeError(`events opens a source itself; source "${source}" cannot be had besides`);
  }
  if (!Number.isSafeInteger(receiveBufferBytes) || receiveBufferBytes < 0) {
    throw new RangeError(
      `receiveBufferBytes must be a whole number of bytes, got ${receiveBufferBytes}`,
    );
  }
}

function isOf(type: "boolean" | "function", name: string, value: unknown): void {
  if (value === undefined || typeof value === type) return;
  throw new TypeError(`${name} must be a ${type}, got ${typeof value} ${JSON.stringify(value)}`);
}

function oneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (allowed.includes(String(value))) return;
  throw new TypeError(
    `${name} must be ${allowed.map((word) => `"${word}"`).join(" or ")}, got ${JSON.stringify(value)}`,
  );
}
