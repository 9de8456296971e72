import { createReadStream, statSync } from "node:fs";
import {
  type AuditEvent,
  factsOf,
  IdNames,
  type LogBytes,
  newAuditLogReport,
  rawLine,
  readAuditLogs,
  recordTypeName,
  toAuditLine,
  toEcs,
} from "@task-watchers/audit/log";
import { formatLine, replaceUnsafe, unicodeEscape } from "@task-watchers/trace";
import { styleFor } from "../report/style.ts";
import { standardError } from "../standard-error.ts";
import type { AuditArguments } from "./audit-arguments.ts";
import { eventRow } from "./event-row.ts";
import { matches } from "./matches.ts";
import { Output } from "./output.ts";
import { ReadingProgress } from "./reading-progress.ts";
import { readingSummary } from "./reading-summary.ts";

/** Exit status when no event was found, as grep(1) has it. */
const NOTHING_FOUND = 1;

/** `task-watchers audit`: reads logs, resolves with the exit status. @throws the error of a file that cannot be read */
export async function audit(args: AuditArguments): Promise<number> {
  // All of them, before anything is printed.
  const sizes = args.files.map((file) => (file === "-" ? 0 : statSync(file).size));
  const progress = new ReadingProgress(sizes.reduce((sum, size) => sum + size, 0));
  const report = newAuditLogReport();
  const output = new Output(process.stdout);
  const form = formOf(args);
  let found = 0;
  try {
    for await (const event of readAuditLogs(filesOf(args.files, progress), { report })) {
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
  // Who has gone wanted no more of it.
  if (!args.quiet && !output.isGone) standardError.write(`${readingSummary(report, found)}\n`);
  return found === 0 ? NOTHING_FOUND : 0;
}

/** How an event is printed, its end of line included. */
function formOf({ form }: AuditArguments): (event: AuditEvent) => string | Buffer {
  if (form === "json") return (event) => formatLine(toAuditLine(factsOf(event)));
  if (form === "ecs") return (event) => `${ecsLine(event)}\n`;
  if (form === "raw") {
    return ({ records }) =>
      Buffer.from(records.map((record) => rawLine(record).line).join(""), "latin1");
  }
  const style = styleFor(process.stdout, process.env);
  const names = new IdNames();
  const user = (uid: number): string => names.user(uid) ?? String(uid);
  return (event) => `${eventRow(factsOf(event), user, style)}\n`;
}

/** Nothing in it acts on a terminal, as in a line of a trace. */
function ecsLine(event: AuditEvent): string {
  return replaceUnsafe(JSON.stringify(toEcs(factsOf(event))), unicodeEscape);
}

function* filesOf(files: readonly string[], progress: ReadingProgress): Generator<LogBytes> {
  for (const file of files) {
    yield counted(file === "-" ? process.stdin : createReadStream(file), progress);
  }
}

async function* counted(
  stream: AsyncIterable<unknown>,
  progress: ReadingProgress,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of stream) {
    const bytes = chunk as Uint8Array;
    progress.add(bytes.length);
    yield bytes;
  }
}
