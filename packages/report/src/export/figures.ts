/** Figures as people read them, the same in every language and place. */

/** A duration with three significant figures and its unit. */
export function durationText(ns: number): string {
  if (ns < 0) return `-${durationText(-ns)}`;
  if (ns < 999_500) return `${significant(ns / 1e3)} µs`;
  if (ns < 999.5e6) return `${significant(ns / 1e6)} ms`;
  if (ns < 99.95e9) return `${significant(ns / 1e9)} s`;
  const seconds = Math.round(ns / 1e9);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Thousands set apart. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/gu, ",");
}

/** A count with its noun: `"1 task"`, `"12,000 tasks"`. */
export function count(n: number, noun: string): string {
  return `${grouped(n)} ${noun}${n === 1 ? "" : "s"}`;
}

function significant(value: number): string {
  if (value < 1) return value.toFixed(2);
  return value >= 99.95 ? value.toFixed(0) : value.toPrecision(3);
}
