import type { AuditRecord } from "../record/audit-record.ts";
import { encodedText } from "../record/field-value.ts";
import { AUDIT_EXECVE } from "../record/record-type.ts";
import { scanFields } from "../record/scan-fields.ts";

/** An argument that the records do not have, or not whole. */
export interface MissingArgument {
  /** Why. */
  readonly missing: string;
}

/** The arguments of an exec, as far as its records have them. */
export interface ExecArguments {
  /** How many there were; absent when the first record was lost. */
  readonly argc?: number;
  /** In order, up to the last one that is there. Text as `decodeText` gives it. */
  readonly argv: readonly (string | MissingArgument)[];
  /** Why it is not all of them; absent when it is. */
  readonly missing?: string;
}

/** `a0`, `a12_len`, `a12[3]`. */
const NAME = /^a(\d{1,9})(?:(_len)|\[(\d{1,9})\])?$/u;

/** So many arguments in a row may be missing before the rest is given up: an index is only text, and may be anything. */
const MAX_GAP = 65_536;

const LOST: MissingArgument = { missing: "its record was lost" };
const PIECES: MissingArgument = { missing: "pieces of it are not in the records" };
const CUT: MissingArgument = { missing: "its record was cut off" };

/** What is there of an argument that needed several records. */
interface Pieces {
  /** Characters of all pieces together, quotes left out. */
  length?: number;
  readonly raws: Map<number, string>;
}

/**
 * Puts the arguments of an exec together from its EXECVE records, whatever their order. A long argument comes in pieces
 * (`a1_len=… a1[0]=… a1[1]=…`) over several records, an exec with many in several records, of which the first has `argc`.
 *
 * @returns undefined when there is no EXECVE record
 */
export function execArguments(records: readonly AuditRecord[]): ExecArguments | undefined {
  let argc: number | undefined;
  let isExec = false;
  const found = new Map<number, string | MissingArgument>();
  const split = new Map<number, Pieces>();
  const visit = (name: string, raw: string): void => {
    if (name === "argc") argc ??= /^\d{1,9}$/u.test(raw) ? Number(raw) : undefined;
    else enter(name, raw, found, split);
  };
  for (const { type, body } of records) {
    if (type !== AUDIT_EXECVE) continue;
    isExec = true;
    scanFields(body, visit);
  }
  if (!isExec) return undefined;
  for (const [index, pieces] of split) if (!found.has(index)) found.set(index, joined(pieces));
  return inOrder(found, argc);
}

/** A value that is whole or says why it is not. */
function enter(
  name: string,
  raw: string,
  found: Map<number, string | MissingArgument>,
  split: Map<number, Pieces>,
): void {
  const [, digits, isLength, piece] = NAME.exec(name) ?? [];
  if (digits === undefined) return;
  const index = Number(digits);
  if (isLength === undefined && piece === undefined) {
    // The first is the kernel's own: nothing in a body can come before it.
    if (!found.has(index)) found.set(index, encodedText(raw) ?? CUT);
    return;
  }
  let pieces = split.get(index);
  if (pieces === undefined) split.set(index, (pieces = { raws: new Map() }));
  if (piece !== undefined) pieces.raws.set(Number(piece), raw);
  else if (/^\d{1,15}$/u.test(raw)) pieces.length = Number(raw);
}

/** The text of an argument that came in pieces: put together first and decoded once, for a letter may span two. */
function joined({ length, raws }: Pieces): string | MissingArgument {
  if (length === undefined) return LOST;
  const pieces: string[] = [];
  let isQuoted = false;
  for (let at = 0; at < raws.size; at++) {
    const raw = raws.get(at);
    if (raw === undefined) return LOST;
    const quoted = raw.startsWith('"');
    if (quoted && (raw.length < 2 || !raw.endsWith('"'))) return CUT;
    isQuoted ||= quoted;
    pieces.push(quoted ? raw.slice(1, -1) : raw);
  }
  const whole = pieces.join("");
  if (whole.length !== length) return PIECES;
  return encodedText(isQuoted ? `"${whole}"` : whole) ?? CUT;
}

function inOrder(
  found: ReadonlyMap<number, string | MissingArgument>,
  argc: number | undefined,
): ExecArguments {
  const argv: (string | MissingArgument)[] = [];
  let gaps = 0;
  let absent = 0;
  for (const index of [...found.keys()].sort((a, b) => a - b)) {
    if ((argc !== undefined && index >= argc) || gaps + index - argv.length > MAX_GAP) break;
    for (; argv.length < index; gaps++) argv.push(LOST);
    const value = found.get(index) ?? LOST;
    if (typeof value !== "string") absent++;
    argv.push(value);
  }
  if (argc === undefined) return { argv, missing: "the first record of the arguments was lost" };
  const lacking = argc - argv.length + gaps + absent;
  if (lacking === 0) return { argc, argv };
  return { argc, argv, missing: `${lacking} of ${argc} arguments are not in the records` };
}
