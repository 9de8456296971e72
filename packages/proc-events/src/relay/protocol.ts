/**
 * What a relay and its listeners say to each other over a Unix stream socket: JSON lines, UTF-8.
 *
 * The listener speaks once, within 5 s and in at most 64 KiB:
 *
 *     {"type":"listen","schema":1,"filter":{…},"withExec":true,"resume":{"session":"…","seq":123,"timeNs":"…"}}
 *
 * `filter` is a `ProcEventFilter` without regular expressions: one of a stranger could keep the relay busy for ever.
 * `withExec` asks for what a task ran on the other lines too. `resume` takes up a session whose connection broke: `seq` of
 * the last line that came, and its time. After it the listener may say `{"type":"leave"}`, which ends the session at once
 * instead of keeping it for a while, and nothing else.
 *
 * The relay answers with the header line of a trace, which has
 *
 *     "relay":{"session":"…","seq":0,"resumed":false}
 *
 * and then with lines of a trace. Each has `seq`, which counts what was told: an event is one, a loss of reason `queue` as
 * many as it counts if it does, any other loss is one. So the difference of two is what was between them, dropped or not.
 * When it ends, or all processes that the filter names have with their descent, `{"type":"end"}`. When it refuses, `{"type":"error","code":"EACCES","message":"…"}` and the connection ends.
 */
import { parseLine, TRACE_SCHEMA, type AnyLine } from "@task-watchers/trace";
import { RelayError } from "./relay-error.ts";
import type { ProcEventFilter } from "../filter/filter.ts";
import { readFilter } from "./wire-filter.ts";

/** Longest first line of a listener, bytes. */
export const MAX_LISTEN_BYTES = 65_536;
/** How long a listener may take for it, milliseconds. */
export const LISTEN_WITHIN_MS = 5000;
/** Longest line that a listener takes from a relay, bytes. */
export const MAX_LINE_BYTES = 16_777_216;
/** The line with which a listener ends its session. */
export const LEAVE_LINE = '{"type":"leave"}\n';
/** The line with which a relay ends. */
export const END_LINE = '{"type":"end"}\n';

/** A session taken up again, and how far its listener got. */
export interface Resume {
  readonly session: string;
  readonly seq: number;
  /** Time of the last line that came, CLOCK_MONOTONIC, nanoseconds; absent when none came. */
  readonly timeNs?: bigint;
}

/** What a listener asks for. */
export interface ListenRequest {
  readonly filter: ProcEventFilter | Readonly<Record<string, unknown>>;
  readonly withExec: boolean;
  readonly resume?: Resume;
}

/** What the header tells of the session. */
export interface SessionField {
  readonly session: string;
  /** Where the session stands before the first line. */
  readonly seq: number;
  /** Whether it is the session that was to be resumed. */
  readonly resumed: boolean;
}

/** First line of a listener. */
export function formatListen(request: ListenRequest): string {
  const { filter, withExec, resume } = request;
  const line = {
    type: "listen",
    schema: TRACE_SCHEMA,
    filter,
    withExec,
    ...(resume && {
      resume: {
        ...resume,
        ...(resume.timeNs !== undefined && { timeNs: String(resume.timeNs) }),
      },
    }),
  };
  return `${JSON.stringify(line)}\n`;
}

/** First line of a listener, read by the relay. @throws RelayError that says what would be right */
export function parseListen(text: string): ListenRequest {
  const line = parseLine(text);
  if (line?.type !== "listen") {
    throw new RelayError("EPROTO", 'the first line must be a JSON object of type "listen"');
  }
  for (const key of Object.keys(line)) {
    if (LISTEN_KEYS.has(key)) continue;
    throw new RelayError("EPROTO", `a listen line has no field ${quoted(key)}`);
  }
  const { schema, withExec = false, filter = {} } = line;
  if (schema !== TRACE_SCHEMA) {
    throw new RelayError(
      "EPROTO",
      `this relay speaks schema ${TRACE_SCHEMA}, got ${quoted(schema)}`,
    );
  }
  if (typeof withExec !== "boolean") {
    throw new RelayError("EPROTO", `withExec must be true or false, got ${quoted(withExec)}`);
  }
  const resume = parseResume(line["resume"]);
  return { filter: readFilter(filter), withExec, ...(resume && { resume }) };
}

const LISTEN_KEYS = new Set(["type", "schema", "filter", "withExec", "resume"]);

function parseResume(value: unknown): Resume | undefined {
  if (value === undefined) return undefined;
  const fields = typeof value === "object" && value !== null ? { ...value } : {};
  const { session, seq, timeNs }: { session?: unknown; seq?: unknown; timeNs?: unknown } = fields;
  const time = readNs(timeNs);
  if (typeof session !== "string" || session.length > 64 || !isCount(seq)) {
    throw new RelayError("EPROTO", "resume must have a session and a seq, as the relay gave them");
  }
  return { session, seq, ...(time !== undefined && { timeNs: time }) };
}

/** A refusal, as a line. */
export function formatRefusal({ code, message }: { code: string; message: string }): string {
  return `${JSON.stringify({ type: "error", code, message: message.slice(0, 1024) })}\n`;
}

/** A refusal, from its line. */
export function parseRefusal({ code, message }: AnyLine): RelayError {
  return new RelayError(
    typeof code === "string" && /^E[A-Z0-9]{1,31}$/u.test(code) ? code : "EPROTO",
    typeof message === "string" ? message.slice(0, 1024) : "no reason given",
  );
}

/** What a header tells of the session; undefined when it is no relay's. */
export function sessionField({ relay }: AnyLine): SessionField | undefined {
  if (typeof relay !== "object" || relay === null) return undefined;
  const { session, seq, resumed }: { session?: unknown; seq?: unknown; resumed?: unknown } = relay;
  if (typeof session !== "string" || session.length > 64 || !isCount(seq)) return undefined;
  return { session, seq, resumed: resumed === true };
}

/** Whether a value is a count that a double holds exactly. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Nanoseconds from their decimal string; undefined when it is none. */
function readNs(value: unknown): bigint | undefined {
  return typeof value === "string" && /^\d{1,20}$/u.test(value) ? BigInt(value) : undefined;
}

function quoted(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 100) ?? "nothing";
}
