import { createReadStream, statSync } from "node:fs";
import { once } from "node:events";
import {
  type AuditEvent,
  type AuditLogReport,
  factsOf,
  IdNames,
  newAuditLogReport,
  rawLine,
  readAuditLog,
  recordTypeName,
  toAuditLine,
  toEcs,
} from "@task-watchers/audit/log";
import { formatLine } from "@task-watchers/trace";
import { count } from "../report/format.ts";
import { styleFor } from "../report/style.ts";
import { standardError } from "../standard-error.ts";
import type { AuditArguments } from "./audit-arguments.ts";
import { eventRow } from "./event-row.ts";
import { matches } from "./matches.ts";
import { ReadingProgress } from "./reading-progress.ts";

/** Exit status when no event was found, as grep(1) has it. */
const NOTHING_FOUND = 1;

/** `task-watchers audit`: reads logs, resolves with the exit status. @throws the error of a file that cannot be read */
export async function audit(args: AuditArguments): Promise<number> {
  // All of them, before anything is printed.
  const sizes = args.files.map((file) => (file === "-" ? 0 : statSync(file).size));
  const progress = new ReadingProgress(sizes.reduce((sum, size) => sum + size, 0));
  const report = newAuditLogReport();
  const output = new Output();
  const form = formOf(args);
  let found = 0;
  try {
    for await (const event of readAuditLog(bytesOf(args.files, progress), { report })) {
      const facts = factsOf(event);
      const types = (): string[] => event.records.map(({ type }) => recordTypeName(type));
      if (!matches(facts, types, args.filter)) continue;
      found++;
      await output.write(form(event));
      if (output.isGone) break;
    }
    await output.flush();
  } finally {
    progress.close();
  }
  if (!args.quiet) standardError.write(`${summary(report, found)}\n`);
  return found === 0 ? NOTHING_FOUND : 0;
}

/** How an event is printed, its end of line included. */
function formOf({ form }: AuditArguments): (event: AuditEvent) => string | Buffer {
  if (form === "json") return (event) => formatLine(toAuditLine(factsOf(event)));
  if (form === "ecs") return (event) => `${JSON.stringify(toEcs(factsOf(event)))}\n`;
  if (form === "raw") {
    return ({ records }) =>
      Buffer.from(records.map((record) => rawLine(record).line).join(""), "latin1");
  }
  const style = styleFor(process.stdout, process.env);
  const names = new IdNames();
  const user = (uid: number): string => names.user(uid) ?? String(uid);
  return (event) => `${eventRow(factsOf(event), user, style)}\n`;
}

async function* bytesOf(
  files: readonly string[],
  progress: ReadingProgress,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const file of files) {
    const stream = file === "-" ? process.stdin : createReadStream(file);
    for await (const chunk of stream) {
      const bytes = chunk as Uint8Array;
      progress.add(bytes.length);
      yield bytes;
    }
  }
}

/** Bytes gathered before they are written. */
const BATCH_BYTES = 65_536;

/** Standard output, waited for when it is slow, and given up when its reader has gone. */
class Output {
  #parts: Buffer[] = [];
  #bytes = 0;
  isGone = false;

  constructor() {
    process.stdout.on("error", () => (this.isGone = true));
  }

  async write(data: string | Buffer): Promise<void> {
    const part = Buffer.from(data as string);
    this.#parts.push(part);
    this.#bytes += part.length;
    if (this.#bytes >= BATCH_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    const batch = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    if (this.isGone || batch.length === 0) return;
    if (process.stdout.write(batch)) return;
    await Promise.race([once(process.stdout, "drain"), once(process.stdout, "close")]);
  }
}

function summary(report: AuditLogReport, found: number): string {
  const { events, records, malformed, missingStart, missingEnd, cutRecords, isCutOff } = report;
  const flaws = [
    ...some(malformed, "lines that are no records"),
    ...some(missingStart + missingEnd, "events that are not whole"),
    ...some(cutRecords, "records cut from events that were too long"),
    ...(isCutOff ? ["the end is cut off"] : []),
  ];
  const read = `${count(found, "event")} of ${count(events, "event")}, ${count(records, "record")}`;
  return flaws.length === 0 ? read : `${read}; ${flaws.join(", ")}`;
}

function some(n: number, what: string): string[] {
  return n === 0 ? [] : [`${n} ${what}`];
}
