import { LineSplitter } from "./line-splitter.ts";
import { type AnyLine, TRACE_SCHEMA } from "./schema.ts";

/** What reading a trace told of the file itself. */
export interface TraceReport {
  /** Lines yielded. */
  lines: number;
  /** Lines that are no JSON object with a type, are too long, or are a header in the middle; passed over. */
  malformed: number;
  /** The file ended in the middle of a line: so many characters were left over. */
  cutOffCharacters: number;
  /** The last line was a summary: the writer finished. */
  complete: boolean;
  /** The first line was no header: the file was cut off at the front, and its schema is not known. */
  headerless: boolean;
}

/** How a trace is read. */
export interface ReadOptions {
  /** Longest line held in memory, in UTF-16 code units; a longer one is passed over (default 16 Mi). */
  readonly maxLineCharacters?: number;
}

const MAX_LINE_CHARACTERS = 16_777_216;

/** A trace of a schema that this reader does not know. */
export class TraceSchemaError extends Error {
  override readonly name = "TraceSchemaError";
  readonly schema: unknown;

  constructor(schema: unknown) {
    super(
      `trace has schema ${JSON.stringify(schema)}; this reader knows up to ${TRACE_SCHEMA}: ${
        isVersion(schema) ? "use a newer one" : "a schema is a whole number from 1 on"
      }`,
    );
    this.schema = schema;
  }
}

/** An empty report, for `readTrace` to fill in. */
export function newTraceReport(): TraceReport {
  return { lines: 0, malformed: 0, cutOffCharacters: 0, complete: false, headerless: false };
}

/**
 * The lines of a trace, from whatever gives its bytes in pieces: a file, a pipe, a response. A trace that was cut off
 * anywhere, at the front too, is read as far as it is there.
 *
 * @param report filled in while reading
 * @throws TraceSchemaError when the header names a schema this reader does not know
 */
export async function* readTrace(
  chunks: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
  report: TraceReport = newTraceReport(),
  options: ReadOptions = {},
): AsyncGenerator<AnyLine, void, undefined> {
  const decoder = new TextDecoder();
  const splitter = new LineSplitter(options.maxLineCharacters ?? MAX_LINE_CHARACTERS);
  let isFirst = true;
  const accept = (line: AnyLine | undefined): line is AnyLine => {
    const first = isFirst;
    isFirst = false;
    return judge(line, first, report);
  };
  for await (const chunk of chunks) {
    const text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    for (const source of splitter.push(text)) {
      if (source === "") continue;
      const line = source === undefined ? undefined : parseLine(source);
      if (accept(line)) yield line;
    }
  }
  splitter.hold(decoder.decode());
  if (splitter.heldCharacters === 0) return;
  // The last newline may be all that is missing.
  const last = parseLine(splitter.held ?? "");
  if (last !== undefined) {
    if (accept(last)) yield last;
    return;
  }
  report.cutOffCharacters = splitter.heldCharacters;
  report.complete = false;
}

/** Enters a line in the report; whether it is to be yielded. */
function judge(line: AnyLine | undefined, isFirst: boolean, report: TraceReport): line is AnyLine {
  const isHeader = line?.type === "header";
  if (isFirst) report.headerless = !isHeader;
  if (line === undefined || (isHeader && !isFirst)) {
    report.malformed++;
    report.complete = false;
    return false;
  }
  const { schema } = line;
  if (isHeader && !(isVersion(schema) && schema <= TRACE_SCHEMA)) {
    throw new TraceSchemaError(schema);
  }
  report.lines++;
  report.complete = line.type === "summary";
  return true;
}

function isVersion(schema: unknown): schema is number {
  return Number.isInteger(schema) && Number(schema) >= 1;
}

/** One line parsed; undefined when it is no JSON object with a type. */
export function parseLine(source: string): AnyLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  return "type" in value && typeof value.type === "string"
    ? { ...value, type: value.type }
    : undefined;
}
