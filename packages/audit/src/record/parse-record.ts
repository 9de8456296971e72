import type { AuditRecord, AuditStamp } from "./audit-record.ts";

const PREFIX = "audit(";
const [ZERO, NINE] = [0x30, 0x39];
/** A serial has 32 bits. */
const MAX_SERIAL = 0xffff_ffff;
/** Twelve digits, the year 33658: a Date can hold it. */
const MAX_SECONDS = 999_999_999_999;

/**
 * The record of a message as the kernel sends it, `audit(1700000000.123:456): …`. Only the stamp is read; fields are
 * decoded by `fieldsOf`, when somebody asks.
 *
 * @param text a character for each byte (latin1)
 * @returns undefined when it does not begin with a stamp
 */
export function parseRecord(type: number, text: string): AuditRecord | undefined {
  const at = stampEnd(text);
  if (at < 0) return undefined;
  const stamp = parseStamp(text, at);
  // The body of the end of an event is empty, and in a file the space before it may be gone.
  return (
    stamp && { type, stamp, body: text.slice(text.charCodeAt(at + 2) === 0x20 ? at + 3 : at + 2) }
  );
}

/** Where `):` ends the stamp, -1 when there is none. */
function stampEnd(text: string): number {
  if (!text.startsWith(PREFIX)) return -1;
  const at = text.indexOf(")", PREFIX.length);
  // Twelve digits, a point, three, a colon and ten: a stamp is no longer.
  if (at < 0 || at > PREFIX.length + 27 || text.charCodeAt(at + 1) !== 0x3a) return -1;
  return at + 2 === text.length || text.charCodeAt(at + 2) === 0x20 ? at : -1;
}

function parseStamp(text: string, end: number): AuditStamp | undefined {
  const point = text.indexOf(".", PREFIX.length);
  if (point < 0 || text.charCodeAt(point + 4) !== 0x3a) return undefined;
  const seconds = digits(text, PREFIX.length, point);
  const milliseconds = digits(text, point + 1, point + 4);
  const serial = digits(text, point + 5, end);
  if (!(seconds <= MAX_SECONDS && milliseconds >= 0 && serial <= MAX_SERIAL)) return undefined;
  return { seconds, milliseconds, serial };
}

/** The number that the characters from `from` to `to` write; NaN when there are others than digits, or none. */
function digits(text: string, from: number, to: number): number {
  if (from >= to) return Number.NaN;
  let value = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) return Number.NaN;
    value = value * 10 + (code - ZERO);
  }
  return value;
}
