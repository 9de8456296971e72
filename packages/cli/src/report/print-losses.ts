import type { WatchCounters } from "@task-watchers/tasks";
import { count } from "./format.ts";
import { execsInWords, stoppedInWords } from "./print-execs.ts";
import type { Style } from "./style.ts";

/** What the counters of a watch do not say. */
export interface LossOptions {
  readonly style: Style;
  /** Trace lines not written because their reader was too slow or gone. */
  readonly traceLinesDropped: number;
  readonly watcherErrors: number;
  /** Tasks that the totals count but nothing shows. */
  readonly notShown?: number;
  /** Execs whose arguments audit told, and /proc did not. */
  readonly audited?: number;
  /** Events that we did not get round to reading. */
  readonly unread?: number;
}

/** Loss is never silent: zero is said too. */
export function lossLine(counters: WatchCounters, options: LossOptions): string {
  const { connector, source } = counters;
  const lost = connector?.lost ?? source?.counters.lost ?? 0;
  const isRed = lost > 0 || (options.unread ?? 0) > 0;
  const parts = [
    `lost ${count(lost, "event")}`,
    ...positive(connector?.noticesLost, (n) => `lost ${count(n, "notice")}`),
    ...positive(options.unread, (n) => `${count(n, "event")} dropped: slow reader`),
    ...positive(connector?.deaf, (n) => `deaf ${count(n, "time")}`),
    ...positive(connector?.spoofed, (n) => `${count(n, "forged message")} dropped`),
    ...positive(connector?.malformed, (n) => `${count(n, "malformed message")} dropped`),
    ...positive(connector?.receiveErrors, (n) => count(n, "failed read")),
    ...positive(counters.comparisonsFailed, (n) => count(n, "comparison") + " failed"),
    ...positive(counters.raised.synthetic, (n) => `${count(n, "notification")} inferred`),
    ...positive(
      counters.backlogDropped,
      (n) => `${count(n, "notification")} dropped: slow watcher`,
    ),
    ...positive(counters.abandoned, (n) => `${count(n, "task")} left with a watcher at work`),
    ...positive(options.traceLinesDropped, (n) => `${count(n, "trace line")} dropped`),
    ...positive(options.watcherErrors, (n) => count(n, "watcher error")),
    ...positive(options.notShown, (n) => `${count(n, "task")} not shown`),
    ...stoppedInWords(counters.stopped),
    execsInWords(counters.execs, options.audited ?? 0),
    ...missedOthers(counters),
  ];
  const line = parts.join("; ");
  return isRed ? options.style.red(line) : options.style.dim(line);
}

function missedOthers({ missedFacts }: WatchCounters): string[] {
  return (["exe", "cwd", "cgroup"] as const).flatMap((name) => {
    const total = Object.values(missedFacts[name]).reduce((sum, n) => sum + n, 0);
    return positive(total, (n) => `${name} of ${n} unknown`);
  });
}

function positive(n: number | undefined, text: (n: number) => string): string[] {
  return n !== undefined && n > 0 ? [text(n)] : [];
}
