import type { AnyLine, KnownLine } from "./schema.ts";
import { replaceUnsafe, unicodeEscape } from "./unsafe-text.ts";

/**
 * One line of a trace, its newline included. Whatever bytes names hold, the line is one line, is ASCII where a terminal
 * would act on it, and parses back to the same text. A bigint becomes a decimal string.
 *
 * @throws TypeError when a value is circular
 */
export function formatLine(line: KnownLine | AnyLine): string {
  return `${replaceUnsafe(JSON.stringify(line, decimal), unicodeEscape)}\n`;
}

function decimal(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
