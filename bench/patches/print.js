// @ts-check
/** The table of the 2006 series: each run and the mean; then each row beside "none". */
import { rangeText, mean } from "../measuring/statistics.js";
import { tableText } from "../measuring/table.js";

/** @typedef {import("./compare.js").Compared} Compared */
/** @typedef {import("./rows.js").Run} Run */
/** @typedef {import("../measuring/timed.js").Times} Times */

/** Each run of each row, and the mean. @param {ReadonlyMap<string, readonly Run[]>} measured */
export function seriesText(measured) {
  const lines = [["", "elapsed", "user", "system", "CPU", "watcher"]];
  for (const [name, runs] of measured) {
    lines.push([name]);
    for (const [i, run] of runs.entries()) lines.push([`  run ${i + 1}`, ...figures(run)]);
    lines.push(["  mean", ...figures(meanOf(runs))]);
  }
  return tableText(lines);
}

/** @param {Pick<Run, "build" | "watcher">} run */
function figures({ build: { elapsed, user, system }, watcher }) {
  const share = (((user + system) / elapsed) * 100).toFixed(1);
  const seconds = [elapsed, user, system].map((value) => `${value.toFixed(2)} s`);
  return [...seconds, `${share} %`, `${watcher.toFixed(2)} s`];
}

/** @param {readonly Run[]} runs */
function meanOf(runs) {
  const of = (/** @type {(run: Run) => number} */ figure) => mean(runs.map(figure));
  return {
    build: {
      elapsed: of(({ build }) => build.elapsed),
      user: of(({ build }) => build.user),
      system: of(({ build }) => build.system),
    },
    watcher: of(({ watcher }) => watcher),
  };
}

/** Each row as a part of "none" at its own time. @param {ReadonlyMap<string, Compared>} compared */
export function ratiosText(compared) {
  const head = ["× none", "elapsed", "build's CPU", "with watcher's", "watcher", "lost", "target"];
  const lines = [...compared].map(([name, row]) => [
    name,
    ...[row.elapsed, row.cpu, row.whole].map((range) => rangeText(range, 4)),
    `${row.watcherSeconds.toFixed(2)} s`,
    row.lost === undefined ? "" : String(row.lost),
    verdict(row),
  ]);
  return tableText([head, ...lines]);
}

/** @param {Compared} row */
function verdict({ target, holds }) {
  if (target === undefined) return "";
  if (holds === undefined) return "too few runs";
  return holds ? "holds" : `NO: ${target}`;
}
