/** How a value is written. */
export type ValueKind =
  | "arch"
  | "argument"
  | "compare"
  | "exit"
  | "family"
  | "filesystem"
  | "filetype"
  | "gid"
  | "messageType"
  | "number"
  | "permissions"
  | "session"
  | "success"
  | "text"
  | "uid";

/** What the kernel takes: all, all but those for bits, equal and not equal, equal alone. */
export type FieldOperators = "all" | "order" | "equality" | "equal";

/** A field of rules. */
export interface FieldInfo {
  readonly number: number;
  readonly kind: ValueKind;
  readonly operators: FieldOperators;
}

function field(
  number: number,
  kind: ValueKind = "number",
  operators: FieldOperators = "order",
): FieldInfo {
  return { number, kind, operators };
}

/** A field by the name auditctl gives it. */
export type FieldName =
  | "pid"
  | "uid"
  | "euid"
  | "suid"
  | "fsuid"
  | "gid"
  | "egid"
  | "sgid"
  | "fsgid"
  | "auid"
  | "pers"
  | "arch"
  | "msgtype"
  | "subj_user"
  | "subj_role"
  | "subj_type"
  | "subj_sen"
  | "subj_clr"
  | "ppid"
  | "obj_user"
  | "obj_role"
  | "obj_type"
  | "obj_lev_low"
  | "obj_lev_high"
  | "loginuid_set"
  | "sessionid"
  | "fstype"
  | "devmajor"
  | "devminor"
  | "inode"
  | "exit"
  | "success"
  | "path"
  | "perm"
  | "dir"
  | "filetype"
  | "obj_uid"
  | "obj_gid"
  | "field_compare"
  | "exe"
  | "saddr_fam"
  | "a0"
  | "a1"
  | "a2"
  | "a3"
  | "key";

/** Fields by auditctl's names: AUDIT_PID and so on, include/uapi/linux/audit.h; operators by audit_field_valid() of the kernel. */
export const FIELDS: Readonly<Record<FieldName, FieldInfo>> = {
  pid: field(0),
  uid: field(1, "uid"),
  euid: field(2, "uid"),
  suid: field(3, "uid"),
  fsuid: field(4, "uid"),
  gid: field(5, "gid"),
  egid: field(6, "gid"),
  sgid: field(7, "gid"),
  fsgid: field(8, "gid"),
  auid: field(9, "uid"),
  pers: field(10, "number", "all"),
  arch: field(11, "arch", "equality"),
  msgtype: field(12, "messageType"),
  subj_user: field(13, "text", "equality"),
  subj_role: field(14, "text", "equality"),
  subj_type: field(15, "text", "equality"),
  subj_sen: field(16, "text"),
  subj_clr: field(17, "text"),
  ppid: field(18),
  obj_user: field(19, "text", "equality"),
  obj_role: field(20, "text", "equality"),
  obj_type: field(21, "text", "equality"),
  obj_lev_low: field(22, "text"),
  obj_lev_high: field(23, "text"),
  loginuid_set: field(24, "number", "equality"),
  sessionid: field(25, "session"),
  fstype: field(26, "filesystem", "equality"),
  devmajor: field(100),
  devminor: field(101, "number", "all"),
  inode: field(102, "number", "equality"),
  exit: field(103, "exit"),
  success: field(104, "success"),
  path: field(105, "text", "equal"),
  perm: field(106, "permissions", "equality"),
  dir: field(107, "text", "equal"),
  filetype: field(108, "filetype", "equality"),
  obj_uid: field(109, "uid"),
  obj_gid: field(110, "gid"),
  field_compare: field(111, "compare", "equality"),
  exe: field(112, "text", "equality"),
  saddr_fam: field(113, "family"),
  a0: field(200, "argument", "all"),
  a1: field(201, "argument", "all"),
  a2: field(202, "argument", "all"),
  a3: field(203, "argument", "all"),
  key: field(210, "text", "equal"),
};

/** Other names that auditctl takes. */
const ALIASES: Readonly<Record<string, FieldName>> = { loginuid: "auid", watch: "path" };

const BY_NUMBER: ReadonlyMap<number, FieldName> = new Map(
  (Object.keys(FIELDS) as FieldName[]).map((name) => [FIELDS[name].number, name]),
);

/** The field of a name; undefined when there is none. */
export function fieldNamed(name: string): FieldName | undefined {
  if (Object.hasOwn(FIELDS, name)) return name as FieldName;
  return Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
}

/** The name of a field; undefined for one of a newer kernel. */
export function fieldNumbered(number: number): FieldName | undefined {
  return BY_NUMBER.get(number);
}

/** Whether a field's value is text in the rule's buffer. */
export function isText(field: FieldName | number): boolean {
  return typeof field === "string" && FIELDS[field].kind === "text";
}
