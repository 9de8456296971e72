import { comparedBy } from "./field-compare.ts";
import { FIELDS } from "./fields.ts";
import { MACHINE_NAMES, type RuleNames } from "./names.ts";
import { signed } from "./number-text.ts";
import type { AuditRule, RuleField } from "./rule.ts";
import { VALUES } from "./values.ts";
import { quoteWord } from "./words.ts";

/** Between several keys in one field. */
export const KEY_SEPARATOR = "\u0001";

/**
 * A rule as `auditctl -l` writes it: one line that `parseRule` gives back and that auditctl takes. May hold whatever bytes are in
 * keys and paths: do not print it to a terminal as it is.
 *
 * @param names of this machine by default
 */
export function formatRule(rule: AuditRule, names: RuleNames = MACHINE_NAMES): string {
  return (watchText(rule, names) ?? ruleWords(rule, names)).join(" ");
}

/** What is not given in the text of a rule of this list. auditctl says `-S all` for lists of system calls only. */
export function usualSyscalls(list: AuditRule["list"]): AuditRule["syscalls"] {
  return list === "task" ? [] : "all";
}

function ruleWords(rule: AuditRule, names: RuleNames): string[] {
  const list = typeof rule.list === "number" ? String(rule.list) : rule.list;
  const [first, ...others] = rule.fields;
  const arch = first?.field === "arch" ? [first] : [];
  const rest = arch.length > 0 ? others : rule.fields;
  return [
    ...["-a", `${rule.action},${list}`],
    ...arch.flatMap((condition) => fieldWords(condition, names)),
    ...syscallWords(rule, names),
    ...rest.flatMap((condition) => fieldWords(condition, names)),
  ];
}

function syscallWords(rule: AuditRule, names: RuleNames): string[] {
  const { list, syscalls } = rule;
  const usual = usualSyscalls(list);
  if (syscalls === "all")
    return usual === "all" && list !== "exit" && list !== "io_uring" ? [] : ["-S", "all"];
  if (syscalls.length === 0) return usual === "all" ? ["-S", "none"] : [];
  const arch = archOf(rule, names);
  const words = syscalls.map((number) => {
    const name = arch === undefined ? undefined : names.syscalls.name(arch, number);
    // A name that is not given back would make another rule.
    return name !== undefined && names.syscalls.number(arch ?? 0, name) === number ? name : number;
  });
  return ["-S", words.join(",")];
}

/** What the numbers of system calls mean: undefined where there is no telling. */
export function archOf(rule: AuditRule, names: RuleNames): number | undefined {
  if (rule.list === "io_uring") return undefined;
  const arches = rule.fields.filter(({ field }) => field === "arch");
  if (arches.length === 0) return names.host.b64;
  const [only] = arches;
  return arches.length === 1 && only?.operator === "=" ? Number(only.value) : undefined;
}

function fieldWords({ field, operator, value }: RuleField, names: RuleNames): string[] {
  if (typeof field === "number") return ["-F", `f${field}${operator}${signed(Number(value))}`];
  if (field === "key") {
    return String(value)
      .split(KEY_SEPARATOR)
      .flatMap((key) => ["-F", quoteWord(`key=${key}`)]);
  }
  const { kind } = FIELDS[field];
  if (kind === "text") return ["-F", quoteWord(`${field}${operator}${value}`)];
  if (kind !== "compare")
    return ["-F", `${field}${operator}${VALUES[kind].format(Number(value), names)}`];
  const [left, right] = comparedBy(Number(value)) ?? [];
  return left === undefined
    ? ["-F", `${field}${operator}${value}`]
    : ["-C", `${left}${operator}${right}`];
}

/** `-w` with `-p` and `-k`, where a rule is just what those make; undefined for others. */
function watchText(rule: AuditRule, names: RuleNames): string[] | undefined {
  const [path, perm, key, ...rest] = rule.fields;
  if (rule.list !== "exit" || rule.action !== "always" || rule.syscalls !== "all") return undefined;
  if (path === undefined || perm === undefined || rest.length > 0) return undefined;
  if (path.field !== "path" && path.field !== "dir") return undefined;
  if (perm.field !== "perm" || perm.operator !== "=" || !(Number(perm.value) > 0)) return undefined;
  if (key !== undefined && key.field !== "key") return undefined;
  const text = String(path.value);
  // A slash at the end says that it is a directory, without a look at it.
  if (path.field === "path" ? names.isDirectory(text) : text !== "/" && text.endsWith("/"))
    return undefined;
  const place = path.field === "dir" && text !== "/" ? `${text}/` : text;
  const keys = key === undefined ? [] : String(key.value).split(KEY_SEPARATOR);
  return [
    ...["-w", quoteWord(place)],
    ...["-p", VALUES.permissions.format(Number(perm.value), names)],
    ...keys.flatMap((word) => ["-k", quoteWord(word)]),
  ];
}
