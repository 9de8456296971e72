import { archName, archNumber } from "../interpret/arch.ts";
import { linuxErrnoName } from "../interpret/errno.ts";
import { recordTypeName, recordTypeNumber } from "../record/record-names.ts";
import type { ValueKind } from "./fields.ts";
import type { RuleNames } from "./names.ts";
import { formatArgument, formatId, parseId, parseWord, signed } from "./number-text.ts";

/** How values of a kind are written, and what is said of those that make no sense. */
export interface ValueText {
  /** Undefined when it makes no sense. */
  parse(text: string, names: RuleNames): number | undefined;
  format(value: number, names: RuleNames): string;
  /** What would be right. */
  readonly wanted: string;
}

// include/uapi/linux/stat.h
const FILETYPES = {
  fifo: 0o010000,
  character: 0o020000,
  dir: 0o040000,
  block: 0o060000,
  file: 0o100000,
  link: 0o120000,
  socket: 0o140000,
};
// AUDIT_PERM_…, include/uapi/linux/audit.h
const PERMISSIONS = { r: 4, w: 2, x: 1, a: 8 };
// include/linux/socket.h
const FAMILIES = { unspec: 0, unix: 1, inet: 2, inet6: 10, netlink: 16, packet: 17 };
// include/uapi/linux/magic.h
const FILESYSTEMS = { debugfs: 0x6462_6720, tracefs: 0x7472_6163 };
/** The last error number that has a name. */
const LAST_ERRNO = 600;

/** How each kind of value but text is written. */
export const VALUES: Readonly<Record<Exclude<ValueKind, "compare" | "text">, ValueText>> = {
  arch: {
    parse: parseArch,
    format: formatArch,
    wanted: "b64, b32, a machine such as x86_64, or a number",
  },
  argument: { parse: parseWord, format: formatArgument, wanted: "a number of 32 bits" },
  exit: {
    parse: parseExit,
    format: formatExit,
    wanted: "a number of 32 bits or an error such as -EACCES",
  },
  family: named(FAMILIES, String),
  filesystem: named(FILESYSTEMS, (value) => nameIn(FILESYSTEMS, value) ?? String(value)),
  filetype: named(FILETYPES, (value) => nameIn(FILETYPES, value) ?? String(value)),
  gid: {
    parse: (text, names) => parseId(text) ?? names.gid(text),
    format: formatId,
    wanted: "a number, a group of /etc/group, or unset",
  },
  messageType: {
    parse: recordTypeNumber,
    format: (value) => (isNamed(value) ? recordTypeName(value) : String(value)),
    wanted: "a record type such as CWD, or its number",
  },
  number: { parse: parseWord, format: signed, wanted: "a number of 32 bits" },
  permissions: {
    parse: parsePermissions,
    format: formatPermissions,
    wanted: "some of the letters r, w, x and a",
  },
  session: { parse: parseId, format: formatId, wanted: "a number or unset" },
  success: {
    parse: (text) => (text === "yes" ? 1 : text === "no" ? 0 : parseWord(text)),
    format: signed,
    wanted: "1 or yes, 0 or no",
  },
  uid: {
    parse: (text, names) => parseId(text) ?? names.uid(text),
    format: formatId,
    wanted: "a number, a user of /etc/passwd, or unset",
  },
};

function parseArch(text: string, names: RuleNames): number | undefined {
  if (text === "b64") return names.host.b64;
  if (text === "b32") return names.host.b32;
  return archNumber(text) ?? parseWord(text);
}

function formatArch(value: number, names: RuleNames): string {
  if (value === names.host.b64) return "b64";
  if (value === names.host.b32) return "b32";
  return archName(value) ?? formatArgument(value);
}

function parseExit(text: string): number | undefined {
  const name = text.startsWith("-") ? text.slice(1) : text;
  for (let errno = 1; errno < LAST_ERRNO; errno++) {
    if (linuxErrnoName(errno) === name) return (text.startsWith("-") ? -errno : errno) >>> 0;
  }
  return parseWord(text);
}

/** Only a negative value is an error. */
function formatExit(value: number): string {
  const number = value | 0;
  const name = number < 0 && number > -LAST_ERRNO ? linuxErrnoName(-number) : undefined;
  return name === undefined ? String(number) : `-${name}`;
}

function parsePermissions(text: string): number | undefined {
  if (/^\d+$/u.test(text)) return parseWord(text);
  if (!/^[rwxa]+$/u.test(text)) return undefined;
  return (["r", "w", "x", "a"] as const).reduce(
    (sum, letter) => (text.includes(letter) ? sum | PERMISSIONS[letter] : sum),
    0,
  );
}

function formatPermissions(value: number): string {
  if (value < 1 || value > 15) return String(value);
  const letters = ["r", "w", "x", "a"] as const;
  return letters.filter((letter) => (value & PERMISSIONS[letter]) !== 0).join("");
}

function isNamed(type: number): boolean {
  return recordTypeNumber(recordTypeName(type)) === type && !recordTypeName(type).includes("[");
}

function named(
  table: Readonly<Record<string, number>>,
  format: (value: number) => string,
): ValueText {
  return {
    parse: (text) => (Object.hasOwn(table, text) ? table[text] : parseWord(text)),
    format,
    wanted: `${Object.keys(table).join(", ")} or a number`,
  };
}

function nameIn(table: Readonly<Record<string, number>>, value: number): string | undefined {
  return Object.keys(table).find((name) => table[name] === value);
}
