/** A line without what ended it; undefined in place of one that is too long to be held. */
export interface ByteLine {
  /** A character for each byte (latin1). */
  readonly text: string | undefined;
  /** The input ended in the middle of it: no newline came. */
  readonly isCut: boolean;
}

/**
 * The lines of bytes that come in pieces. A line ends with `\n` or `\r\n`. One longer than `maxBytes` is passed over, and is
 * never held.
 */
export async function* byteLines(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<ByteLine, void, undefined> {
  let held = "";
  let isTooLong = false;
  const hold = (text: string): void => {
    isTooLong ||= held.length + text.length > maxBytes;
    held = isTooLong ? "" : held + text;
  };
  for await (const bytes of source) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      hold(text.slice(from, end));
      yield { text: isTooLong ? undefined : withoutReturn(held), isCut: false };
      held = "";
      isTooLong = false;
      from = end + 1;
    }
    hold(text.slice(from));
  }
  if (isTooLong) yield { text: undefined, isCut: true };
  else if (held !== "") yield { text: withoutReturn(held), isCut: true };
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
