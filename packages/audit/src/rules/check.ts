import { encodeText } from "@task-watchers/linux";
import { type FieldInfo, fieldNumbered, FIELDS } from "./fields.ts";
import { MAX_FIELD_COMPARE } from "./field-compare.ts";
import { ACTIONS, type AuditRule, LISTS, OPERATORS, type RuleField } from "./rule.ts";

/** AUDIT_MAX_FIELDS, include/uapi/linux/audit.h. */
const MAX_FIELDS = 64;
/** AUDIT_MAX_KEY_LEN, include/uapi/linux/audit.h. */
const MAX_KEY_BYTES = 256;
/** PATH_MAX, include/uapi/linux/limits.h. */
const MAX_PATH_BYTES = 4096;
/** Bits of the mask. */
export const MAX_SYSCALLS = 2048;

/**
 * Says what the kernel would answer with a bare EINVAL.
 *
 * @throws TypeError or RangeError naming the word and what would be right
 */
export function checkRule(rule: AuditRule): void {
  const { list, action, syscalls, fields } = rule;
  if (typeof list === "string") requireKey("list", list, LISTS);
  requireKey("action", action, ACTIONS);
  if (fields.length > MAX_FIELDS) {
    throw new RangeError(`a rule has ${MAX_FIELDS} fields at most, got ${fields.length}`);
  }
  if (syscalls !== "all") checkSyscalls(syscalls);
  for (const field of fields) checkField(field, list);
  const keys = fields.filter(({ field }) => field === "key");
  if (keys.length > 1) {
    throw new RangeError("a rule has one field key; join several keys with the character U+0001");
  }
}

function checkSyscalls(syscalls: readonly number[]): void {
  for (const number of syscalls) {
    if (Number.isInteger(number) && number >= 0 && number < MAX_SYSCALLS) continue;
    throw new RangeError(`system calls must be 0 to ${MAX_SYSCALLS - 1}, got ${number}`);
  }
}

function checkField(condition: RuleField, list: AuditRule["list"]): void {
  const { field, operator, value } = condition;
  requireKey("operator", operator, OPERATORS);
  if (typeof field === "number") {
    const name = fieldNumbered(field);
    if (name !== undefined) throw new RangeError(`field ${field} has a name: ${name}`);
    requireWord(`field`, field);
    requireWord(`field ${field}`, value);
    return;
  }
  requireKey("field", field, FIELDS);
  checkOperator(condition, FIELDS[field]);
  if (FIELDS[field].kind === "text") checkText(field, value);
  else requireWord(field, value);
  if (field === "msgtype" && list !== "exclude" && list !== "user") {
    throw new RangeError(`msgtype can be compared in the lists exclude and user, not in ${list}`);
  }
  if (field === "fstype" && list !== "filesystem") {
    throw new RangeError(`fstype can be compared in the list filesystem, not in ${list}`);
  }
  if (list === "filesystem" && field !== "fstype" && field !== "key") {
    throw new RangeError(`the list filesystem can compare fstype and key, not ${field}`);
  }
  if (field === "perm" && Number(value) > 15) {
    throw new RangeError(`perm must be 0 to 15, got ${value}`);
  }
  if (field === "field_compare" && Number(value) > MAX_FIELD_COMPARE) {
    throw new RangeError(`field_compare must be 1 to ${MAX_FIELD_COMPARE}, got ${value}`);
  }
}

function checkOperator({ field, operator }: RuleField, { operators }: FieldInfo): void {
  const allowed = {
    all: Object.keys(OPERATORS),
    order: ["=", "!=", "<", ">", "<=", ">="],
    equality: ["=", "!="],
    equal: ["="],
  }[operators];
  if (allowed.includes(operator)) return;
  throw new RangeError(`${field} is compared by ${allowed.join(" ")}, not by ${operator}`);
}

function checkText(field: string, value: number | string): void {
  if (typeof value !== "string") {
    throw new TypeError(`${field} must be text, got ${value}`);
  }
  const bytes = encodeText(value).byteLength;
  const most = field === "key" ? MAX_KEY_BYTES : MAX_PATH_BYTES - 1;
  if (bytes > most) throw new RangeError(`${field} is ${most} bytes at most, got ${bytes}`);
  if (value.includes("\0")) throw new RangeError(`${field} must not hold a NUL`);
  // The kernel reads a text of no length as an error.
  if (bytes === 0) throw new RangeError(`${field} must not be empty`);
  if (field !== "path" && field !== "dir" && field !== "exe") return;
  if (!value.startsWith("/")) {
    throw new RangeError(`${field} must be an absolute path, got ${JSON.stringify(value)}`);
  }
  if (field !== "dir" && value.endsWith("/")) {
    throw new RangeError(`${field} must not end in a slash, got ${JSON.stringify(value)}`);
  }
}

function requireWord(name: string, value: unknown): void {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff)
    return;
  throw new RangeError(`${name} must be a whole number of 32 bits, got ${String(value)}`);
}

function requireKey(what: string, word: string, known: object): void {
  if (Object.hasOwn(known, word)) return;
  throw new RangeError(`${what} must be one of ${Object.keys(known).join(" ")}, got ${word}`);
}
