import * as fc from "fast-check";
import { FIELDS, type FieldName } from "./fields.ts";
import type { RuleNames } from "./names.ts";
import { type AuditRule, OPERATORS, type RuleField, type RuleOperator } from "./rule.ts";

/** A machine that is the same everywhere. */
export const names: RuleNames = {
  host: { b64: 0xc000_003e, b32: 0x4000_0003 },
  syscalls: {
    number: (arch, name) => (arch === 0xc000_003e && name === "execve" ? 59 : undefined),
    name: (arch, number) => (arch === 0xc000_003e && number === 59 ? "execve" : undefined),
  },
  uid: (name) => (name === "alice" ? 1001 : undefined),
  gid: (name) => (name === "staff" ? 50 : undefined),
  isDirectory: (path) => path === "/etc",
};

const word = fc.oneof(
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff),
);
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter(isClean);

/** Lone surrogates stand for bytes; not all of them do, and a NUL ends a string. */
function isClean(value: string): boolean {
  return !/[\0\u{d800}-\u{dfff}]/u.test(value);
}

function valueOf(field: FieldName): fc.Arbitrary<number | string> {
  if (field === "path" || field === "exe") return text.map((each) => `/${each}x`);
  if (field === "dir") return text.map((each) => `/${each}x`);
  if (FIELDS[field].kind === "text") return text;
  if (field === "perm") return fc.integer({ min: 1, max: 15 });
  if (field === "field_compare") return fc.integer({ min: 1, max: 25 });
  if (field === "msgtype") return fc.integer({ min: 0, max: 0xffff });
  return word;
}

function operatorsOf(field: FieldName): RuleOperator[] {
  const all = Object.keys(OPERATORS) as RuleOperator[];
  return {
    all,
    order: all.filter((operator) => !operator.startsWith("&")),
    equality: all.filter((operator) => operator === "=" || operator === "!="),
    equal: all.filter((operator) => operator === "="),
  }[FIELDS[field].operators];
}

function fieldOf(field: FieldName): fc.Arbitrary<RuleField> {
  return fc.record({
    field: fc.constant(field),
    operator: fc.constantFrom(...operatorsOf(field)),
    value: valueOf(field),
  });
}

const unknownField: fc.Arbitrary<RuleField> = fc.record({
  field: fc.integer({ min: 300, max: 0xffff }),
  operator: fc.constantFrom<RuleOperator>("=", "<", "&="),
  value: word,
});

const syscalls = fc.oneof(
  fc.constant("all" as const),
  fc
    .uniqueArray(fc.integer({ min: 0, max: 2047 }), { maxLength: 40 })
    .map((numbers) => numbers.sort((a, b) => a - b)),
);

function fieldsIn(list: AuditRule["list"]): fc.Arbitrary<RuleField[]> {
  const all = Object.keys(FIELDS) as FieldName[];
  const fit = all.filter((field) => {
    if (list === "filesystem") return field === "fstype";
    return field !== "fstype" && (field !== "msgtype" || list === "exclude" || list === "user");
  });
  const others = fit.filter((field) => field !== "key");
  const some = fc.array(fc.oneof(...others.map(fieldOf)), { maxLength: 6 });
  const unknown = fc.array(unknownField, { maxLength: list === "filesystem" ? 0 : 1 });
  const key = fc.array(fieldOf("key"), { maxLength: list === "filesystem" ? 0 : 1 });
  return fc.tuple(some, unknown, key).map((parts) => parts.flat());
}

/** Any rule that the kernel's own checks of single fields let through. */
export const anyRule: fc.Arbitrary<AuditRule> = fc
  .constantFrom<AuditRule["list"]>("user", "task", "exit", "exclude", "filesystem", "io_uring", 9)
  .chain((list) =>
    fc.record({
      list: fc.constant(list),
      action: fc.constantFrom("always" as const, "never" as const),
      syscalls,
      fields: fieldsIn(list),
    }),
  );
