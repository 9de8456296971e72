import { FIGURE_NAMES, FIGURES, type Figures } from "../watcher/figures.ts";

/** What was counted between two looks. */
export interface Difference {
  readonly figures: Figures;
  /** Why figures are absent, by name. */
  readonly missing: Readonly<Record<string, string>>;
}

/**
 * The later figures less the earlier ones; peak memory is that of the later. A figure that went back is absent: the kernel
 * starts over when one overflows, and old ones forget threads that ended.
 */
export function difference(earlier: Readonly<Figures>, later: Readonly<Figures>): Difference {
  const figures: Figures = {};
  const missing: Record<string, string> = {};
  for (const name of FIGURE_NAMES) {
    const now = later[name];
    if (now === undefined) continue;
    const before = FIGURES[name] === "sum" ? (earlier[name] ?? 0n) : 0n;
    if (now >= before) figures[name] = now - before;
    else missing[name] = "went-back";
  }
  return { figures, missing };
}
