import type { WatchCounters } from "@task-watchers/tasks";
import { count } from "./format.ts";
import type { Style } from "./style.ts";
import { reasonInWords } from "./task-tree.ts";

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
  const { connector } = counters;
  const lost = connector?.lost ?? 0;
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
    missedArguments(counters, options.audited ?? 0),
    ...missedOthers(counters),
  ];
  const line = parts.join("; ");
  return isRed ? options.style.red(line) : options.style.dim(line);
}

function missedArguments({ missedFacts, raised }: WatchCounters, audited: number): string {
  const reasons = new Map<string, number>();
  let total = 0;
  for (const [code, n] of Object.entries(missedFacts.argv)) {
    const words = reasonInWords(code);
    reasons.set(words, (reasons.get(words) ?? 0) + n);
    total += n;
  }
  if (total === 0) return `arguments of all ${count(raised.execs, "exec")} known`;
  const why = [...reasons].map(([words, n]) => `${n} ${words}`).join(", ");
  const unknown = `arguments of ${total} of ${count(raised.execs, "exec")} unknown: ${why}`;
  return audited === 0 ? unknown : `${unknown}; ${audited} of these told by audit`;
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
