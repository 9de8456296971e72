const SECOND = 1_000_000_000;
const UNITS: readonly (readonly [ns: number, name: string])[] = [
  [SECOND, "s"],
  [1_000_000, "ms"],
  [1000, "µs"],
];

/** From this part of a unit on, three digits round up to a whole one: 999.6 ms are 1.00 s. */
const ROUNDS_UP = 0.9995;

/** A time for people, three digits of it: `1.23 s`. */
export function formatNs(ns: number): string {
  if (ns >= 600 * SECOND) return `${(ns / SECOND / 60).toFixed(1)} min`;
  const [unit, name] = UNITS.find(([size]) => ns >= size * ROUNDS_UP) ?? [1, "ns"];
  return ns === 0 ? "0" : `${digits(ns / unit)} ${name}`;
}

/** A part of a whole, in per cent with one decimal, and never nothing where there is some; empty when there is no whole. */
export function formatPart(part: number, whole: number): string {
  if (whole === 0) return "";
  const percent = (part / whole) * 100;
  return percent > 0 && percent < 0.05 ? "< 0.1 %" : `${percent.toFixed(1)} %`;
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
