import { replaceUnsafe, unicodeEscape } from "@task-watchers/trace";

/** Text of another process with everything in it to be seen: controls, marks of direction and the like as `\uNNNN`. */
export function visible(text: string): string {
  return replaceUnsafe(text, unicodeEscape);
}

/** A length of time for people: three figures or so. */
export function duration(ns: number): string {
  if (!Number.isFinite(ns)) return "?";
  const [size, sign] = [Math.abs(ns), ns < 0 ? "−" : ""];
  if (size < 1e3) return `${sign}${Math.round(size)} ns`;
  if (size < 1e6) return `${sign}${figures(size / 1e3)} µs`;
  if (size < 1e9) return `${sign}${figures(size / 1e6)} ms`;
  if (size < 60e9) return `${sign}${figures(size / 1e9)} s`;
  const seconds = Math.round(size / 1e9);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${sign}${hours} h ${minutes} min` : `${sign}${minutes} min ${seconds % 60} s`;
}

function figures(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/** A number of bytes for people. */
export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [count, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return unit === 0 ? `${value} B` : `${figures(value)} ${units[unit]}`;
}

/** A count with its thousands set apart. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/** A count of things. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** How much of a whole. */
export function share(part: number, whole: number): string {
  return whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : "–";
}
