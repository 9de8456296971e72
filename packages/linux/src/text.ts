/**
 * Text from other processes: bytes of any value, made a string that JSON can carry and that can be turned back.
 */
import { isUtf8 } from "node:buffer";

/** First of the 128 lone surrogates that stand for the bytes 0x80–0xff. */
const ESCAPE_BASE = 0xdc00;

/**
 * Decodes bytes as UTF-8; a byte that is not part of valid UTF-8 becomes the lone surrogate U+DC80–U+DCFF, as in
 * Python's surrogateescape (PEP 383). Nothing is lost: `encodeText` gives the same bytes back.
 */
export function decodeText(data: Uint8Array): string {
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (isUtf8(buffer)) return buffer.toString("utf8");
  let text = "";
  // Valid bytes are decoded a run at a time: arguments may be 64 KiB with one bad byte among them.
  let run = 0;
  for (let at = 0; at < buffer.length;) {
    const length = sequenceLength(buffer, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += buffer.toString("utf8", run, at);
    text += String.fromCharCode(ESCAPE_BASE + (buffer[at] ?? 0));
    run = ++at;
  }
  return text + buffer.toString("utf8", run);
}

/** The bytes that `decodeText` was given. */
export function encodeText(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/u.test(text)) return Buffer.from(text, "utf8");
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    const escaped = character.length === 1 && code >= 0xdc80 && code <= 0xdcff;
    parts.push(escaped ? Buffer.of(code - ESCAPE_BASE) : Buffer.from(character, "utf8"));
  }
  return Buffer.concat(parts);
}

/** Length of the valid UTF-8 sequence at `at`, 0 when there is none. */
function sequenceLength(buffer: Buffer, at: number): number {
  const lead = buffer[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return isUtf8(buffer.subarray(at, at + length)) && at + length <= buffer.length ? length : 0;
}
