import { decodeText } from "@task-watchers/linux";
import type { FieldKind } from "./field-kind.ts";
import { messageInside } from "./scan-fields.ts";

/**
 * A value decoded. Undefined: the record says that there is none, by `(null)`, `(none)` or `?`. Text is as `decodeText` of
 * `@task-watchers/linux` gives it. A whole number beyond 2^53 is a bigint, and so is every number that kernel and programs
 * pass as 64 bits of anything: arguments of calls, capabilities, inodes.
 */
export type FieldValue = string | number | bigint | boolean | readonly string[] | undefined;

/** No value, as the kernel and libaudit write it. In quotes the same is text. */
const ABSENT: ReadonlySet<string> = new Set(["(null)", "(none)", "?"]);

/** Bytes as the kernel writes them: two upper-case digits for each. Lower case is never an encoded string. */
const ENCODED = /^[\dA-F]+$/u;

/** What a raw value says, by its kind; a value that is not of its kind stays the text that it is. */
export function fieldValue(kind: FieldKind, raw: string): FieldValue {
  if (raw === "" || ABSENT.has(raw)) return undefined;
  switch (kind) {
    case "string":
      return encodedText(raw) ?? plainText(raw);
    case "title":
      return encodedText(raw)?.split("\0") ?? [plainText(raw)];
    case "keys":
      return encodedText(raw)?.split("\u0001") ?? [plainText(raw)];
    case "message":
      return messageText(raw);
    case "uid":
    case "gid":
    case "session":
    case "decimal":
    case "errno":
    case "signal":
    case "syscall":
    case "capability":
    case "exit":
      return decimal(raw) ?? plainText(raw);
    case "arch":
      return parseHex(raw, 8) ?? plainText(raw);
    case "hex":
    case "capabilities":
      return parseHexBig(raw) ?? plainText(raw);
    case "mode":
      return /^0[0-7]{1,10}$/u.test(raw) ? Number.parseInt(raw, 8) : plainText(raw);
    case "result":
      return outcome(raw) ?? plainText(raw);
    case "address":
    case "word":
      return raw.startsWith('"') ? (encodedText(raw) ?? plainText(raw)) : plainText(raw);
  }
}

/** Whether it succeeded: `yes`, `no` of a call, `1`, `0` of the kernel's other records, `success`, `failed` of programs. */
export function outcome(raw: string): boolean | undefined {
  return OUTCOMES.get(raw);
}

const OUTCOMES: ReadonlyMap<string, boolean> = new Map([
  ["yes", true],
  ["success", true],
  ["1", true],
  ["no", false],
  ["failed", false],
  ["0", false],
]);

/** Text in quotes or as hex; undefined when it is neither, or was cut off. */
export function encodedText(raw: string): string | undefined {
  if (raw.startsWith('"')) {
    return raw.length > 1 && raw.endsWith('"') ? latin1Text(raw.slice(1, -1)) : undefined;
  }
  return hexBytes(raw);
}

function hexBytes(raw: string): string | undefined {
  if (raw.length % 2 !== 0 || !ENCODED.test(raw)) return undefined;
  return decodeText(Buffer.from(raw, "hex"));
}

/** A message in apostrophes, or as the hex in which the trail writes one that would break its line. */
function messageText(raw: string): string {
  const inside = messageInside(raw);
  return inside === undefined ? (hexBytes(raw) ?? plainText(raw)) : latin1Text(inside);
}

/** The text as it stands, without quotes that were opened and never closed. */
export function plainText(raw: string): string {
  return latin1Text(raw.startsWith('"') ? raw.slice(1) : raw);
}

/** Text of bytes that came as latin1. Most are ASCII, and then it is the same. */
export function latin1Text(bytes: string): string {
  return ASCII.test(bytes) ? bytes : decodeText(Buffer.from(bytes, "latin1"));
}

const ASCII = /^[\0-\u007f]*$/u;

/** A whole number; a bigint beyond 2^53. */
export function decimal(raw: string): number | bigint | undefined {
  if (!/^-?\d{1,20}$/u.test(raw)) return undefined;
  const value = Number(raw);
  return Number.isSafeInteger(value) ? value : BigInt(raw);
}

/** A number in hexadecimal with at most so many digits, with or without `0x`. */
export function parseHex(raw: string, maxDigits: number): number | undefined {
  const digits = raw.startsWith("0x") ? raw.slice(2) : raw;
  if (digits.length > maxDigits || !/^[\da-f]+$/iu.test(digits)) return undefined;
  return Number.parseInt(digits, 16);
}

/** 64 bits in hexadecimal, with or without `0x`. */
export function parseHexBig(raw: string): bigint | undefined {
  const digits = raw.startsWith("0x") ? raw.slice(2) : raw;
  return /^[\da-f]{1,16}$/iu.test(digits) ? BigInt(`0x${digits}`) : undefined;
}
