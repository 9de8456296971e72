import type { AuditRecord } from "./audit-record.ts";
import { parseRecord } from "./parse-record.ts";
import { recordTypeNumber } from "./record-names.ts";

/** Text of others as the kernel writes it: kernel/audit.c, audit_log_n_untrustedstring(). */
export function untrusted(bytes: Uint8Array): string {
  const isPlain = bytes.every((byte) => byte >= 0x21 && byte <= 0x7e && byte !== 0x22);
  return isPlain ? `"${Buffer.from(bytes).toString("latin1")}"` : hex(bytes);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").toUpperCase();
}

/** Bytes of a record that the kernel fills with arguments before it begins the next: kernel/auditsc.c. */
const MAX_EXECVE_AUDIT_LEN = 7500;
/** Room that it leaves for names. */
const ABUF = 96;

/** Bodies of the EXECVE records of an exec, as kernel/auditsc.c, audit_log_execve_info() writes them. */
export function execveBodies(argv: readonly Uint8Array[]): string[] {
  const bodies: string[] = [];
  let body = `argc=${argv.length}`;
  let room = MAX_EXECVE_AUDIT_LEN;
  const next = (): void => {
    if (room >= ABUF + 8) return;
    bodies.push(body);
    // The kernel begins a continuation with the space that stands before each name.
    body = " ";
    room = MAX_EXECVE_AUDIT_LEN;
  };
  argv.forEach((bytes, index) => {
    const spans = bytes.length >= MAX_EXECVE_AUDIT_LEN;
    const isHex = spans || !untrusted(bytes).startsWith('"');
    next();
    const length = isHex ? bytes.length * 2 : bytes.length + 2;
    if (!spans && length + ABUF <= room) {
      const text = ` a${index}=${isHex ? hex(bytes) : `"${Buffer.from(bytes).toString("latin1")}"`}`;
      body += text;
      room -= text.length;
      return;
    }
    let at = 0;
    for (let piece = 0; at < bytes.length; piece++) {
      next();
      const total = isHex ? bytes.length * 2 : bytes.length;
      const name = `${piece === 0 ? ` a${index}_len=${total}` : ""} a${index}[${piece}]=`;
      room -= name.length;
      const count = Math.min(isHex ? room >> 1 : room - 2, bytes.length - at);
      const part = bytes.subarray(at, at + count);
      const text = isHex ? hex(part) : `"${Buffer.from(part).toString("latin1")}"`;
      body += name + text;
      room -= text.length;
      at += count;
    }
  });
  return [...bodies, body];
}

/** A record by the name of its type and its body, of the event with that serial. */
export function record(type: string, body: string, serial = 1, milliseconds = 0): AuditRecord {
  const stamp = `audit(1700000000.${String(milliseconds).padStart(3, "0")}:${serial}): `;
  const parsed = parseRecord(recordTypeNumber(type) ?? 0, stamp + body);
  if (parsed === undefined) throw new Error(`no record: ${body}`);
  return parsed;
}

/** Body of the SYSCALL record of an exec that succeeded. */
export const EXECVE_CALL: string =
  "arch=c000003e syscall=59 success=yes exit=0 a0=7ffd5f0e a1=7ffd5f10 a2=55d0c1a2 a3=8 items=2 ppid=4107 pid=4242 " +
  "auid=1000 uid=1000 gid=1000 euid=0 suid=0 fsuid=0 egid=1000 sgid=1000 fsgid=1000 tty=pts0 ses=3 " +
  'comm="sudo" exe="/usr/bin/sudo" key="session"';

/** All records of an exec, in the kernel's order, with their end. */
export function execRecords(
  argv: readonly Uint8Array[],
  serial = 1,
  milliseconds = 0,
): AuditRecord[] {
  const title = trimmed(
    Buffer.concat(argv.flatMap((bytes) => [bytes, Buffer.of(0)])).subarray(0, 128),
  );
  const bodies: [string, string][] = [
    ["SYSCALL", EXECVE_CALL],
    ...execveBodies(argv).map((body): [string, string] => ["EXECVE", body]),
    ["CWD", 'cwd="/home/ada"'],
    ["PATH", PATH_BODY],
    ["PATH", PATH_BODY.replace("item=0", "item=1")],
    ["PROCTITLE", `proctitle=${untrusted(title)}`],
    ["EOE", ""],
  ];
  return bodies.map(([type, body]) => record(type, body, serial, milliseconds));
}

/** Without the bytes at the end that do not print, but for one: kernel/auditsc.c, audit_proctitle_rtrim(). */
function trimmed(title: Uint8Array): Uint8Array {
  let { length } = title;
  while (length > 1 && !((title[length - 1] ?? 0) >= 0x20 && (title[length - 1] ?? 0) < 0x7f))
    length--;
  return title.subarray(0, length);
}

export const PATH_BODY =
  'item=0 name="/usr/bin/sudo" inode=18446744073709551615 dev=fe:01 mode=0104755 ouid=0 ogid=0 rdev=00:00 ' +
  "nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0";
