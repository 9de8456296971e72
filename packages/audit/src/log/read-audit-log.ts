import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Assembler } from "../assemble/assembler.ts";
import type { AuditEvent } from "../assemble/audit-event.ts";
import type { AssemblyBounds } from "../assemble/bounds.ts";
import { type AssemblyCounters, newAssemblyCounters } from "../assemble/counters.ts";
import { byteLines } from "./byte-lines.ts";
import { isSeparator, parseLogLine } from "./parse-log-line.ts";

/** What reading a log told of the log itself: every loss by its counter. */
export interface AuditLogReport extends AssemblyCounters {
  /** Files, or other inputs, that ended in the middle of a line. */
  cutOff: number;
}

/** How a log is read. */
export interface ReadAuditLogOptions extends Partial<AssemblyBounds> {
  /** Of a path: the files that were set aside too, `path.2`, `path.1`, `path` (default false). */
  readonly rotated?: boolean;
  /** Counts serials that never came (default false): they mean loss only in a log that nobody has searched. */
  readonly countMissingSerials?: boolean;
  /** Longest line, bytes (default 64 KiB); a longer one is malformed. The kernel's own are at most 9 KiB. */
  readonly maxLineBytes?: number;
  /** Filled in while reading. */
  readonly report?: AuditLogReport;
}

/** An empty report, for `readAuditLog` to fill in. */
export function newAuditLogReport(): AuditLogReport {
  return { ...newAssemblyCounters(), cutOff: 0 };
}

const MAX_LINE_BYTES = 65_536;

/** Bytes of a file, in pieces. */
export type LogBytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * The events of a log as auditd writes it, raw or enriched, in the order in which they end. Whatever the log holds, it is
 * read to its end: lines that are no records are counted, and events that are not whole say so.
 *
 * @param source path of a file, or its bytes in pieces
 * @throws Error of the system call when a file cannot be read
 * @throws RangeError for a bound that is none
 */
export async function* readAuditLog(
  source: string | LogBytes,
  options: ReadAuditLogOptions = {},
): AsyncGenerator<AuditEvent, void, undefined> {
  const files = typeof source === "string" ? filesOf(source, options.rotated ?? false) : [source];
  yield* readAuditLogs(files, options);
}

/**
 * The same of several files, the oldest first: an event may go on in the next, a line may not.
 *
 * @param files asked for one by one, each when the one before it was read
 */
export async function* readAuditLogs(
  files: AsyncIterable<LogBytes> | Iterable<LogBytes>,
  options: Omit<ReadAuditLogOptions, "rotated"> = {},
): AsyncGenerator<AuditEvent, void, undefined> {
  const { maxLineBytes = MAX_LINE_BYTES, report } = options;
  if (!Number.isSafeInteger(maxLineBytes) || maxLineBytes < 1) {
    throw new RangeError(`maxLineBytes must be a whole number from 1 on, got ${maxLineBytes}`);
  }
  let told: AuditEvent[] = [];
  const assembler = new Assembler({ ...options, onEvent: (event) => told.push(event) });
  const tell = function* (): Generator<AuditEvent, void, undefined> {
    if (report !== undefined) Object.assign(report, assembler.counters);
    const events = told;
    told = [];
    yield* events;
  };
  for await (const bytes of files) {
    for await (const { text, isCut } of byteLines(bytes, maxLineBytes)) {
      if (isCut && report !== undefined) report.cutOff++;
      const record = text === undefined ? undefined : parseLogLine(text);
      if (record === undefined) {
        if (text === undefined || !isSeparator(text)) assembler.countMalformed();
      } else if (isCut) assembler.pushCut(record);
      else assembler.push(record);
      if (told.length > 0) yield* tell();
    }
  }
  assembler.flush();
  yield* tell();
}

async function* filesOf(path: string, rotated: boolean): AsyncGenerator<LogBytes, void, undefined> {
  const paths = rotated ? [...(await setAside(path)), path] : [path];
  for (const path of paths) yield createReadStream(path);
}

/** The files set aside, the oldest first. */
async function setAside(path: string): Promise<string[]> {
  const [folder, name] = [dirname(path), basename(path)];
  const numbers = (await readdir(folder))
    .filter((entry) => entry.startsWith(`${name}.`))
    .map((entry) => entry.slice(name.length + 1))
    .filter((suffix) => /^[1-9]\d{0,5}$/u.test(suffix))
    .map(Number);
  return numbers.sort((a, b) => b - a).map((number) => join(folder, `${name}.${number}`));
}
