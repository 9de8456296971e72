import type { ExecCounters, StoppedCounters } from "@task-watchers/tasks";
import { count, grouped } from "./format.ts";
import { reasonInWords } from "./task-tree.ts";
import { printable } from "./terminal-text.ts";

/** How complete the execs are: `"execs 4,800, all with their arguments (stop)"`. */
export function execsInWords(execs: ExecCounters, audited: number): string {
  const total = `execs ${grouped(execs.total)}`;
  const sources = Object.entries(execs.bySource);
  const from =
    sources.length <= 1
      ? sources.map(([source]) => ` (${source})`).join("")
      : ` (${sources.map(([source, n]) => `${source} ${grouped(n)}`).join(", ")})`;
  const missed = Object.values(execs.missed).reduce((sum, n) => sum + n, 0);
  if (missed === 0) return execs.total === 0 ? total : `${total}, all with their arguments${from}`;
  const unknown = `${total}, ${grouped(missed)} without arguments: ${reasons(execs.missed)}${from}`;
  return audited === 0 ? unknown : `${unknown}; ${audited} of these told by audit`;
}

/** What became of execs that were stopped, as far as it is out of the ordinary. */
export function stoppedInWords(stopped: StoppedCounters | undefined): string[] {
  if (stopped === undefined) return [];
  const { refused, late, unknown } = stopped;
  return [
    ...Object.entries(refused).map(([by, n]) => `${count(n, "exec")} refused by ${printable(by)}`),
    ...Object.entries(late).map(
      ([by, n]) => `${count(n, "exec")} went on, ${printable(by)} had not answered`,
    ),
    ...(unknown > 0 ? [`${count(unknown, "exec")} of tasks that were not found`] : []),
  ];
}

function reasons(missed: Readonly<Record<string, number>>): string {
  const byWords = new Map<string, number>();
  for (const [code, n] of Object.entries(missed)) {
    const words = reasonInWords(code);
    byWords.set(words, (byWords.get(words) ?? 0) + n);
  }
  return [...byWords].map(([words, n]) => `${grouped(n)} ${words}`).join(", ");
}
