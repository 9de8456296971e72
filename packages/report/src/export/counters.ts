import type { TraceModel } from "../model/trace-model.ts";

/** How many tasks lived from each time on; a thread is a task. Times rise, and each comes once. */
export function* concurrencyOf({
  tasks,
}: Pick<TraceModel, "tasks">): Generator<readonly [timeNs: number, alive: number]> {
  const starts = Float64Array.from(tasks, ({ startNs }) => startNs).sort();
  const endings = tasks.filter(({ exit }) => exit !== undefined);
  const ends = Float64Array.from(endings, ({ endNs }) => endNs).sort();
  let [begun, ended] = [0, 0];
  while (begun < starts.length || ended < ends.length) {
    const timeNs = Math.min(starts[begun] ?? Infinity, ends[ended] ?? Infinity);
    while (starts[begun] === timeNs) begun++;
    while (ends[ended] === timeNs) ended++;
    yield [timeNs, begun - ended];
  }
}

/** How many events were lost by each time, as far as somebody counted. Begins at the start of the trace with 0. */
export function* lossesOf({
  losses,
}: Pick<TraceModel, "losses">): Generator<readonly [timeNs: number, lost: number]> {
  yield [0, 0];
  let lost = 0;
  for (const { count, untilNs } of [...losses].sort((a, b) => a.untilNs - b.untilNs)) {
    lost += count ?? 0;
    yield [untilNs, lost];
  }
}
