/** Values that are written as a number, whatever else they may be written as. */

/** A number as auditctl takes it, in 32 bits: decimal, hexadecimal after `0x`, negative; undefined when it is none. */
export function parseWord(text: string): number | undefined {
  if (!/^-?(?:\d{1,10}|0x[\da-f]{1,8})$/iu.test(text)) return undefined;
  const value = text.startsWith("-") ? -Number(text.slice(1)) : Number(text);
  return value < -0x8000_0000 || value > 0xffff_ffff ? undefined : value >>> 0;
}

/** Signed, as auditctl prints. */
export function signed(value: number): string {
  return String(value | 0);
}

/** Unset is −1, as auditctl prints it; all other ids are positive. */
export function formatId(value: number): string {
  return value === 0xffff_ffff ? "-1" : String(value);
}

/** `unset` is −1. */
export function parseId(text: string): number | undefined {
  return text === "unset" ? 0xffff_ffff : parseWord(text);
}

/** `a0` to `a3`: hexadecimal, as auditctl prints them. */
export function formatArgument(value: number): string {
  return `0x${value.toString(16).toUpperCase()}`;
}
