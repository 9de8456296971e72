/** What AUDIT_FIELD_COMPARE compares, in the order of its numbers from 1: AUDIT_COMPARE_…, include/uapi/linux/audit.h. */
const PAIRS: readonly (readonly [left: string, right: string])[] = [
  ["uid", "obj_uid"],
  ["gid", "obj_gid"],
  ["euid", "obj_uid"],
  ["egid", "obj_gid"],
  ["auid", "obj_uid"],
  ["suid", "obj_uid"],
  ["sgid", "obj_gid"],
  ["fsuid", "obj_uid"],
  ["fsgid", "obj_gid"],
  ["uid", "auid"],
  ["uid", "euid"],
  ["uid", "fsuid"],
  ["uid", "suid"],
  ["auid", "fsuid"],
  ["auid", "suid"],
  ["auid", "euid"],
  ["euid", "suid"],
  ["euid", "fsuid"],
  ["suid", "fsuid"],
  ["gid", "egid"],
  ["gid", "fsgid"],
  ["gid", "sgid"],
  ["egid", "fsgid"],
  ["egid", "sgid"],
  ["sgid", "fsgid"],
];

/** AUDIT_MAX_FIELD_COMPARE. */
export const MAX_FIELD_COMPARE = 25;

/** The number that compares two fields, in either order; undefined when the kernel has none. */
export function comparisonOf(left: string, right: string): number | undefined {
  const at = PAIRS.findIndex(
    ([a, b]) => (a === left && b === right) || (a === right && b === left),
  );
  return at < 0 ? undefined : at + 1;
}

/** The two fields that a number compares; undefined for one of a newer kernel. */
export function comparedBy(number: number): readonly [left: string, right: string] | undefined {
  return PAIRS[number - 1];
}

/** The fields that can be compared with one. */
export function partnersOf(name: string): string[] {
  return PAIRS.flatMap(([a, b]) => (a === name ? [b] : b === name ? [a] : []));
}
