/** Moments at round distances for an axis, about so many of them. */
export function ticks(
  fromNs: number,
  toNs: number,
  wanted: number,
): { stepNs: number; atNs: number[] } {
  const raw = Math.max((toNs - fromNs) / Math.max(wanted, 1), 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const stepNs = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const atNs: number[] = [];
  for (let ns = Math.ceil(fromNs / stepNs) * stepNs; ns <= toNs; ns += stepNs) atNs.push(ns);
  return { stepNs, atNs };
}

/** A moment on an axis, in the unit that its steps want. */
export function tickLabel(ns: number, stepNs: number): string {
  const [unit, size] =
    stepNs >= 1e9
      ? (["s", 1e9] as const)
      : stepNs >= 1e6
        ? (["ms", 1e6] as const)
        : stepNs >= 1e3
          ? (["µs", 1e3] as const)
          : (["ns", 1] as const);
  // Far from the start, milliseconds have too many figures.
  if (Math.abs(ns) >= 10e9 && unit !== "s") {
    const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(stepNs / 1e9))));
    return `${(ns / 1e9).toFixed(digits)} s`;
  }
  return `${Number((ns / size).toFixed(3))} ${unit}`;
}
