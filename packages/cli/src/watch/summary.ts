import { count, describeEnd, formatDuration } from "../report/format.ts";
import type { Style } from "../report/style.ts";
import { fit, printable } from "../report/terminal-text.ts";
import type { NotedEnd, ProgramTotals, Tally } from "./tally.ts";

/** Programs shown. */
const PROGRAMS_SHOWN = 8;

/** Totals, programs, what failed, what was slow, and what was lost. */
export function watchSummary(
  tally: Tally,
  options: { readonly style: Style; readonly columns: number; readonly elapsedNs: bigint },
): string[] {
  const { style, columns, elapsedNs } = options;
  const kinds = [...tally.kinds].map(([kind, n]) => `${n} ${kind}`).join(", ");
  const events = count(tally.events, "event");
  const head = `${events} in ${formatDuration(elapsedNs)}${kinds && `: ${kinds}`}`;
  const ended = tally.kinds.get("exit") ?? 0;
  const rows = (title: string, lines: readonly string[], paint = plain): string[] =>
    lines.length === 0
      ? []
      : [style.dim(`${title}:`), ...lines.map((line) => `  ${paint(fit(line, columns - 2))}`)];
  return [
    style.bold(head),
    ...(ended > 0 ? [`${count(ended, "task")} ended, ${tally.failed} failed`] : []),
    ...rows("programs by number of ends", programs(tally).map(programLine)),
    ...(tally.others > 0 ? [`  and ${count(tally.others, "end")} of other programs`] : []),
    ...rows("failed last", tally.failures.map(endLine), style.red),
    ...rows("slowest", tally.slowest.map(slowLine)),
  ];
}

function plain(text: string): string {
  return text;
}

function programs({ programs: all }: Tally): ProgramTotals[] {
  return [...all.values()].sort((a, b) => b.count - a.count).slice(0, PROGRAMS_SHOWN);
}

function programLine({ program, count: n, failed, totalNs }: ProgramTotals): string {
  const times = `${formatDuration(totalNs)} in all`;
  const failures = failed > 0 ? `, ${failed} failed` : "";
  return `${String(n).padStart(6)} × ${printable(program)}  (${times}${failures})`;
}

function endLine({ event, command }: NotedEnd): string {
  return `${String(event.pid).padStart(7)}  ${describeEnd(event).padEnd(8)}  ${command}`;
}

function slowLine({ event, command }: NotedEnd): string {
  const duration = formatDuration(event.durationNs ?? 0n).padStart(8);
  return `${String(event.pid).padStart(7)}  ${duration}  ${command}`;
}

/** What was lost on the way to us, by reason; for a watch whose counters are elsewhere. */
export function lostInWords(
  tally: Tally,
  source: { uncounted(): number; unread(): number },
): string {
  const parts = [...tally.lost].map(([reason, n]) => `${count(n, "event")} (${printable(reason)})`);
  // The last one may have come when nobody read any more.
  const uncounted = Math.max(tally.uncounted, source.uncounted());
  if (uncounted > 0) parts.push(`an unknown number, ${count(uncounted, "time")}`);
  const lost = parts.length === 0 ? "lost 0 events" : `lost ${parts.join(", ")}`;
  const unread = source.unread();
  return unread > 0 ? `${lost}; ${count(unread, "event")} not read any more` : lost;
}
