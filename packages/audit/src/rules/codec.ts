import { decodeText, encodeText } from "@task-watchers/linux";
import { checkRule, MAX_SYSCALLS } from "./check.ts";
import { fieldNumbered, FIELDS, isText } from "./fields.ts";
import {
  ACTIONS,
  type AuditAction,
  type AuditList,
  type AuditRule,
  LISTS,
  OPERATORS,
  type RuleField,
  type RuleOperator,
} from "./rule.ts";

/** struct audit_rule_data, include/uapi/linux/audit.h: index of each member among its 32-bit words. */
const WORD = {
  /** The list, and AUDIT_FILTER_PREPEND. */
  flags: 0,
  action: 1,
  fieldCount: 2,
  /** 64 words; system call n is bit n % 32 of word n / 32. */
  mask: 3,
  /** 64 words. */
  fields: 67,
  /** 64 words; of a text, its length in bytes. */
  values: 131,
  /** 64 words: the operators. */
  fieldFlags: 195,
  /** Bytes of all texts together, which follow one another without a NUL. */
  bufferLength: 259,
} as const;

/** Words of a mask, or of another of the arrays. */
const ARRAY_WORDS = 64;
/** sizeof(struct audit_rule_data), the texts left out. */
export const RULE_SIZE = 1040;
/** Put the rule in front of the others of its list. */
const AUDIT_FILTER_PREPEND = 0x10;

/**
 * The bytes of a rule, as the kernel takes and lists it.
 *
 * @throws TypeError or RangeError naming what the kernel would not take
 */
export function encodeRule(
  rule: AuditRule,
  options: { readonly prepend?: boolean } = {},
): Uint8Array {
  checkRule(rule);
  const texts = rule.fields.map(({ field, value }) =>
    isText(field) ? encodeText(String(value)) : undefined,
  );
  const textBytes = texts.reduce((sum, text) => sum + (text?.byteLength ?? 0), 0);
  const bytes = new Uint8Array(RULE_SIZE + textBytes);
  const words = new Uint32Array(bytes.buffer, 0, RULE_SIZE / 4);
  const list = typeof rule.list === "number" ? rule.list : LISTS[rule.list];
  words[WORD.flags] = list | (options.prepend === true ? AUDIT_FILTER_PREPEND : 0);
  words[WORD.action] = ACTIONS[rule.action];
  words[WORD.fieldCount] = rule.fields.length;
  words[WORD.bufferLength] = textBytes;
  fillMask(words.subarray(WORD.mask, WORD.mask + ARRAY_WORDS), rule.syscalls);
  let at = RULE_SIZE;
  for (const [i, { field, operator, value }] of rule.fields.entries()) {
    const text = texts[i];
    words[WORD.fields + i] = typeof field === "number" ? field : FIELDS[field].number;
    words[WORD.fieldFlags + i] = OPERATORS[operator];
    words[WORD.values + i] = text?.byteLength ?? Number(value);
    if (text === undefined) continue;
    bytes.set(text, at);
    at += text.byteLength;
  }
  return bytes;
}

/** @throws RangeError when it is cut off, or says what no kernel would take */
export function decodeRule(bytes: Uint8Array): AuditRule {
  if (bytes.byteLength < RULE_SIZE) {
    throw new RangeError(
      `Cannot decode struct audit_rule_data: ${bytes.byteLength} bytes, need ${RULE_SIZE}`,
    );
  }
  const words = new Uint32Array(bytes.slice(0, RULE_SIZE).buffer);
  const count = words[WORD.fieldCount] ?? 0;
  if (count > ARRAY_WORDS) {
    throw new RangeError(`Cannot decode struct audit_rule_data: ${count} fields, at most 64`);
  }
  const list = (words[WORD.flags] ?? 0) & ~AUDIT_FILTER_PREPEND;
  const fields: RuleField[] = [];
  let at = RULE_SIZE;
  for (let i = 0; i < count; i++) {
    const number = words[WORD.fields + i] ?? 0;
    const value = words[WORD.values + i] ?? 0;
    const field = fieldNumbered(number) ?? number;
    const operator = nameOf<RuleOperator>(OPERATORS, words[WORD.fieldFlags + i] ?? 0, "operator");
    if (!isText(field)) {
      fields.push({ field, operator, value });
      continue;
    }
    if (at + value > bytes.byteLength) {
      throw new RangeError(
        `Cannot decode struct audit_rule_data: ${bytes.byteLength} bytes, need ${at + value}`,
      );
    }
    fields.push({ field, operator, value: decodeText(bytes.subarray(at, at + value)) });
    at += value;
  }
  return {
    list: (Object.keys(LISTS) as AuditList[]).find((name) => LISTS[name] === list) ?? list,
    action: nameOf<AuditAction>(ACTIONS, words[WORD.action] ?? 0, "action"),
    syscalls: syscallsOf(words.subarray(WORD.mask, WORD.mask + ARRAY_WORDS)),
    fields,
  };
}

/** The last word of "all": its upper 16 bits stand for classes of calls, and the kernel takes them out of what auditctl sends. */
const LAST_WORD_OF_ALL = 0x0000_ffff;

function fillMask(mask: Uint32Array, syscalls: AuditRule["syscalls"]): void {
  if (syscalls === "all") {
    mask.fill(0xffff_ffff);
    mask[ARRAY_WORDS - 1] = LAST_WORD_OF_ALL;
    return;
  }
  for (const number of syscalls) {
    const word = number >>> 5;
    mask[word] = (mask[word] ?? 0) | (1 << (number & 31));
  }
}

function syscallsOf(mask: Uint32Array): AuditRule["syscalls"] {
  const last = ARRAY_WORDS - 1;
  if (mask.every((word, i) => word === (i < last ? 0xffff_ffff : LAST_WORD_OF_ALL))) return "all";
  const found: number[] = [];
  for (let number = 0; number < MAX_SYSCALLS; number++) {
    if ((((mask[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1) found.push(number);
  }
  return found;
}

function nameOf<Name extends string>(
  table: Readonly<Record<Name, number>>,
  number: number,
  what: string,
): Name {
  const name = (Object.keys(table) as Name[]).find((key) => table[key] === number);
  if (name !== undefined) return name;
  throw new RangeError(`Cannot decode struct audit_rule_data: ${what} 0x${number.toString(16)}`);
}
