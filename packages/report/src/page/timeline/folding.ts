import type { Report } from "../report.ts";

/** A task with more children than this is folded at first. */
const WIDE_CHILDREN = 8;
/** Likewise one with more tasks below it. */
const WIDE_FAMILY = 40;

/** Which tasks are folded at first. */
export function wide(report: Report): Uint8Array {
  const folded = new Uint8Array(report.tasks.length);
  const family = new Uint32Array(report.tasks.length);
  const below = report.tasks.filter((task) => task.parent < 0).map((task) => task.index);
  for (let i = 0; i < below.length; i++) {
    for (const child of report.childrenOf(below[i] ?? -1)) below.push(child);
  }
  for (const index of below.toReversed()) {
    const parent = report.task(index)?.parent ?? -1;
    if (parent >= 0) family[parent] = (family[parent] ?? 0) + 1 + (family[index] ?? 0);
    const isWide =
      (family[index] ?? 0) > WIDE_FAMILY || report.childrenOf(index).length > WIDE_CHILDREN;
    folded[index] = isWide ? 1 : 0;
  }
  return folded;
}
