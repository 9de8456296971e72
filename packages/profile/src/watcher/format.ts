const SECOND = 1_000_000_000;
const UNITS: readonly (readonly [ns: number, name: string])[] = [
  [SECOND, "s"],
  [1_000_000, "ms"],
  [1000, "µs"],
];

/** A time for people, three digits of it: `1.23 s`. */
export function formatNs(ns: number): string {
  if (ns >= 600 * SECOND) return `${(ns / SECOND / 60).toFixed(1)} min`;
  const [unit, name] = UNITS.find(([size]) => ns >= size) ?? [1, "ns"];
  return ns === 0 ? "0" : `${digits(ns / unit)} ${name}`;
}

/** A part of a whole, in per cent with one decimal; empty when there is no whole. */
export function formatPart(part: number, whole: number): string {
  return whole === 0 ? "" : `${((part / whole) * 100).toFixed(1)} %`;
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
