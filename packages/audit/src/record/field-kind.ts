import { AUDIT_EXECVE, isFromUserSpace } from "./record-type.ts";

/**
 * What a value means. `string`, `keys`, `title` are text of other processes, in quotes or as hex; `message` is what user
 * space said, with fields of its own; `word` is taken as it stands.
 */
export type FieldKind =
  | "address"
  | "arch"
  | "capabilities"
  | "capability"
  | "decimal"
  | "errno"
  | "exit"
  | "gid"
  | "hex"
  | "keys"
  | "message"
  | "mode"
  | "result"
  | "session"
  | "signal"
  | "string"
  | "syscall"
  | "title"
  | "uid"
  | "word";

/** Names of each kind in any record. From auparse/typetab.h of audit-userspace 4 and kernel/audit*.c of Linux 6.18. */
const ANYWHERE: Kinds = {
  uid: "auid uid euid suid fsuid ouid oauid old-auid iuid id inode_uid sauid obj_uid cap_frootid",
  gid: "gid egid sgid fsgid ogid igid inode_gid obj_gid new_gid",
  session: "ses old-ses",
  decimal:
    "pid ppid opid item items argc inode list spid oldpid op_pid line dport sport lport rport",
  syscall: "syscall",
  arch: "arch",
  exit: "exit",
  errno: "errno",
  signal: "sig sigev_signo",
  result: "success res result",
  address: "saddr",
  keys: "key",
  title: "proctitle",
  string:
    "comm exe name cwd path dir watch file cmd acct vm ocomm data device cgroup root_dir invalid_context sw grp " +
    "new_group old-chardev new-chardev old-disk new-disk old-fs new-fs old-net new-net old-rng new-rng operation " +
    "profile info denied_mask requested_mask apparmor",
};

/** Names that mean this in what the kernel wrote; in messages of user space they may be anything. */
const KERNEL: Kinds = {
  hex: "a0 a1 a2 a3 a4 a5 per code",
  mode: "mode",
  capability: "capability",
  capabilities:
    "cap_fp cap_fi cap_pi cap_pe cap_pp cap_pa fp fi old_pp old_pi old_pe old_pa new_pp new_pi new_pe pp pi pe pa",
};

type Kinds = Readonly<Partial<Record<FieldKind, string>>>;

let anywhere: ReadonlyMap<string, FieldKind> | undefined;
let kernel: ReadonlyMap<string, FieldKind> | undefined;

function byName(kinds: Kinds): ReadonlyMap<string, FieldKind> {
  const entries = Object.entries(kinds) as [FieldKind, string][];
  return new Map(entries.flatMap(([kind, names]) => names.split(" ").map((name) => [name, kind])));
}

/** An argument of an exec, whole or a piece of it. */
const ARGUMENT = /^a\d+(?:\[\d+\])?$/u;
const ARGUMENT_LENGTH = /^a\d+_len$/u;

/** The kind of a field by its record and its name: `a0` is a number in SYSCALL and text in EXECVE. */
export function fieldKind(type: number, name: string): FieldKind {
  if (type === AUDIT_EXECVE) {
    if (ARGUMENT.test(name)) return "string";
    return name === "argc" || ARGUMENT_LENGTH.test(name) ? "decimal" : "word";
  }
  anywhere ??= byName(ANYWHERE);
  const known = anywhere.get(name);
  if (known !== undefined) return known;
  if (isFromUserSpace(type)) return name === "msg" ? "message" : "word";
  kernel ??= byName(KERNEL);
  return kernel.get(name) ?? "word";
}
