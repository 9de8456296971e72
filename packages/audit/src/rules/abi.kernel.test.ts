// Needs: a C compiler with the kernel's headers.
import { compiler, cOffsets, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { RULE_SIZE } from "./codec.ts";
import { comparedBy, MAX_FIELD_COMPARE } from "./field-compare.ts";
import { type FieldName, FIELDS } from "./fields.ts";
import { ACTIONS, LISTS, OPERATORS } from "./rule.ts";

function ask(...expressions: string[]): Record<string, number> {
  return cOffsets({ headers: ["linux/audit.h"], expressions });
}

/** Fields whose names in the header are not auditctl's in capitals. */
const IN_HEADER: Partial<Record<FieldName, string>> = {
  auid: "LOGINUID",
  path: "WATCH",
  key: "FILTERKEY",
  a0: "ARG0",
  a1: "ARG1",
  a2: "ARG2",
  a3: "ARG3",
};

kernelTest("fields have the numbers of the machine's header", [compiler], () => {
  const names = Object.keys(FIELDS) as FieldName[];
  const constant = (name: FieldName): string => `AUDIT_${IN_HEADER[name] ?? name.toUpperCase()}`;
  const numbers = ask(...names.map(constant));
  for (const name of names) expect(FIELDS[name].number, name).toBe(numbers[constant(name)]);
});

kernelTest("lists, actions and operators are those of the machine's header", [compiler], () => {
  const expected = {
    AUDIT_FILTER_USER: LISTS.user,
    AUDIT_FILTER_TASK: LISTS.task,
    AUDIT_FILTER_EXIT: LISTS.exit,
    AUDIT_FILTER_EXCLUDE: LISTS.exclude,
    AUDIT_FILTER_FS: LISTS.filesystem,
    AUDIT_FILTER_URING_EXIT: LISTS.io_uring,
    AUDIT_NEVER: ACTIONS.never,
    AUDIT_ALWAYS: ACTIONS.always,
    AUDIT_EQUAL: OPERATORS["="],
    AUDIT_NOT_EQUAL: OPERATORS["!="],
    AUDIT_LESS_THAN: OPERATORS["<"],
    AUDIT_GREATER_THAN: OPERATORS[">"],
    AUDIT_LESS_THAN_OR_EQUAL: OPERATORS["<="],
    AUDIT_GREATER_THAN_OR_EQUAL: OPERATORS[">="],
    AUDIT_BIT_MASK: OPERATORS["&"],
    AUDIT_BIT_TEST: OPERATORS["&="],
  };
  expect(ask(...Object.keys(expected))).toEqual(expected);
});

kernelTest("comparisons of fields are those of the machine's header", [compiler], () => {
  const constants = Array.from({ length: MAX_FIELD_COMPARE }, (_, i) => {
    const [left, right] = comparedBy(i + 1) ?? [];
    return `AUDIT_COMPARE_${left?.toUpperCase()}_TO_${right?.toUpperCase()}`;
  });
  const numbers = ask(...constants, "AUDIT_MAX_FIELD_COMPARE");
  expect(constants.map((name) => numbers[name])).toEqual(constants.map((_, i) => i + 1));
  expect(numbers["AUDIT_MAX_FIELD_COMPARE"]).toBe(MAX_FIELD_COMPARE);
});

kernelTest("struct audit_rule_data lies as the machine's header says", [compiler], () => {
  const offset = (member: string): string => `offsetof(struct audit_rule_data, ${member})`;
  const size = "sizeof(struct audit_rule_data)";
  expect(
    ask(...["mask", "fields", "values", "fieldflags", "buflen", "buf"].map(offset), size),
  ).toEqual({
    [offset("mask")]: 12,
    [offset("fields")]: 268,
    [offset("values")]: 524,
    [offset("fieldflags")]: 780,
    [offset("buflen")]: 1036,
    [offset("buf")]: RULE_SIZE,
    [size]: RULE_SIZE,
  });
});
