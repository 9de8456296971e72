import { type DelayRound, FIGURE_NAMES } from "@task-watchers/delayacct";
import { formatLine } from "@task-watchers/trace";

/**
 * A look as JSON lines, one a process: `type` is `delays-sample`; `elapsedNs` is the time since the look before, absent in
 * the first, whose figures are of the process's life so far. Figures as in the trace's `delays` lines.
 */
export function sampleLines(round: DelayRound): string {
  const { timeNs, elapsedNs, source, samples } = round;
  return samples
    .map(({ pid, task, sinceStart, accounting }) => {
      const figures = FIGURE_NAMES.flatMap((name) => {
        const value = accounting[name];
        return value === undefined ? [] : [[name, value] as const];
      });
      const { missing, shares } = accounting;
      return formatLine({
        type: "delays-sample",
        timeNs,
        ...(sinceStart ? { sinceStart } : { elapsedNs }),
        task,
        pid,
        source,
        ...Object.fromEntries(figures),
        ...(accounting.wallNs !== undefined && { asleepNs: shares.asleepNs }),
        ...(Object.keys(missing).length > 0 && { missing }),
      });
    })
    .join("");
}
