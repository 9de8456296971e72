/** Figures in few columns, for a table that is read at a glance. */

/** A part as per cent: `"7.3"`, `"85"`, `"350"`; empty when not known. */
export function percentText(part: number | undefined): string {
  if (part === undefined) return "";
  const percent = part * 100;
  if (percent < 0.05) return "0";
  return percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0);
}

const BYTES = ["B", "K", "M", "G", "T", "P"] as const;

/** `"0"`, `"812B"`, `"4.2M"`: units of 1024. */
export function bytesText(bytes: number | undefined): string {
  if (bytes === undefined) return "";
  if (bytes < 1) return "0";
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTES.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0);
  return `${digits}${BYTES[unit]}`;
}

/** `"350ms"`, `"12.3s"`, `"4m05s"`, `"2h13m"`, `"9d04h"`: at most six characters. */
export function ageText(ns: bigint): string {
  const seconds = Number(ns) / 1e9;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)}ms`;
  if (seconds < 99.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)}h${two(Math.floor(whole / 60) % 60)}m`;
  return `${Math.floor(whole / 86_400)}d${two(Math.floor(whole / 3600) % 24)}h`;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
