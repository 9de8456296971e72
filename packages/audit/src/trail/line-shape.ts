import type { PartialReason } from "../assemble/audit-event.ts";

/** Whether a value of JSON is what a fact is. */
type Check = (value: unknown) => boolean;
export type Checks = Readonly<Record<string, Check>>;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number" && Number.isSafeInteger(value);
const isBoolean: Check = (value) => typeof value === "boolean";

/** Facts that a line has under their own names, as they are. */
export const FACT_CHECKS: Checks = {
  node: isText,
  ...named("syscall archNumber exit exitStatus signal pid ppid auid session argc", isNumber),
  ...named("uid gid euid suid fsuid egid sgid fsgid", isNumber),
  ...named("syscallName arch errno tty comm exe subj cwd", isText),
  success: isBoolean,
  argv: isArguments,
  proctitle: isTextList,
  socketAddress: isAddress,
};

/** The same of a path. */
export const PATH_CHECKS: Checks = {
  ...named("item mode ouid ogid", isNumber),
  ...named("name dev rdev nametype", isText),
  capEffective: isBoolean,
};

function named(names: string, check: Check): Checks {
  return Object.fromEntries(names.split(" ").map((name) => [name, check]));
}

/** The facts that are there; undefined when one is not what it should be. @typeParam T what `checks` checks for */
export function readFacts<T extends object>(
  line: Readonly<Record<string, unknown>>,
  checks: Checks,
): Partial<T> | undefined {
  const facts: Record<string, unknown> = {};
  for (const [name, check] of Object.entries(checks)) {
    const value = line[name];
    if (value === undefined) continue;
    if (!check(value)) return undefined;
    facts[name] = value;
  }
  return facts as Partial<T>;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isPartial(value: unknown): value is readonly PartialReason[] {
  return isTextList(value) && value.every((reason) => REASONS.has(reason));
}

const REASONS: ReadonlySet<string> = new Set<PartialReason>([
  ...(["no-start", "no-end", "evicted", "cut", "late"] as const),
]);

/** Text by name, as in `missing`. */
export function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && isTextList(Object.values(value));
}

export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isArguments(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  return value.every((item) => isText(item) || (isObject(item) && isText(item["missing"])));
}

function isAddress(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { family, address = "", port = 0, path = "" } = value;
  return isText(family) && isText(address) && isNumber(port) && isText(path);
}
