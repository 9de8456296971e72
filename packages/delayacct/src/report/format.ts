const SECOND = 1_000_000_000;
const UNITS: readonly (readonly [ns: number, name: string])[] = [
  [SECOND, "s"],
  [1_000_000, "ms"],
  [1000, "µs"],
];

/** A time for people, three digits of it: `1.23 s`. */
export function formatNs(ns: bigint): string {
  const value = Number(ns);
  if (value >= 600 * SECOND) return `${(value / SECOND / 60).toFixed(1)} min`;
  const [unit, name] = UNITS.find(([size]) => value >= size) ?? [1, "ns"];
  return value === 0 ? "0" : `${digits(value / unit)} ${name}`;
}

/** Bytes for people, in powers of 1024. */
export function formatBytes(bytes: bigint): string {
  let value = Number(bytes);
  const names = ["B", "KiB", "MiB", "GiB", "TiB"];
  let name = names.shift() ?? "";
  while (value >= 1024 && names.length > 0) {
    value /= 1024;
    name = names.shift() ?? name;
  }
  return name === "B" ? `${value} B` : `${digits(value)} ${name}`;
}

/** A part of a whole, in per cent with one decimal. */
export function formatPart(part: bigint, whole: bigint): string {
  if (whole === 0n) return "";
  return `${((Number(part) / Number(whole)) * 100).toFixed(1)} %`;
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A number of processes, in words. */
export function formatProcesses(n: number): string {
  return n === 1 ? "1 process" : `${n} processes`;
}
