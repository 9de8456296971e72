/** The words behind the options of a rule. */
import { comparisonOf, partnersOf } from "./field-compare.ts";
import { FIELDS } from "./fields.ts";
import type { RuleNames } from "./names.ts";
import { ACTIONS, type AuditRule, LISTS, type RuleField } from "./rule.ts";
import { VALUES } from "./values.ts";

/** `-C`. @throws SyntaxError */
export function parseComparison(word: string): RuleField {
  const [, left, right] = /^(\w+)!?=(\w+)$/u.exec(word) ?? [];
  if (left === undefined || right === undefined) {
    throw fault(`${quoted(word)} must be two fields with = or != between them`);
  }
  const operator = word.includes("!=") ? "!=" : "=";
  const value = comparisonOf(left, right);
  if (value !== undefined) return { field: "field_compare", operator, value };
  const partners = partnersOf(left).join(" ");
  throw fault(
    partners === ""
      ? `${quoted(left)} cannot be compared with another field`
      : `${left} can be compared with ${partners}, not with ${quoted(right)}`,
  );
}

/** What follows `-a`: the action and the list, in either order. @throws SyntaxError */
export function parsePlace(text: string): Pick<AuditRule, "list" | "action"> {
  const words = text.split(",");
  const action = words.find((word) => Object.hasOwn(ACTIONS, word));
  const list = words.find((word) => word !== action);
  if (words.length !== 2 || action === undefined || list === undefined) {
    throw fault(`${quoted(text)} must be an action (always, never), a comma and a list`);
  }
  if (Object.hasOwn(LISTS, list)) {
    return { action: action as AuditRule["action"], list: list as AuditRule["list"] };
  }
  // A list of a newer kernel is written as its number.
  if (/^\d{1,2}$/u.test(list)) return { action: action as AuditRule["action"], list: Number(list) };
  const instead = list === "entry" ? "; the kernel has no list entry any more, use exit" : "";
  throw fault(
    `there is no list ${quoted(list)}; lists are ${Object.keys(LISTS).join(" ")}${instead}`,
  );
}

/** The value of a field that is no text. @throws SyntaxError */
export function parseValue(field: keyof typeof FIELDS, text: string, names: RuleNames): number {
  const { kind } = FIELDS[field];
  const how = kind === "text" || kind === "compare" ? VALUES.number : VALUES[kind];
  const value = how.parse(text, names);
  if (value !== undefined) return value;
  throw fault(`${field} must be ${how.wanted}, got ${quoted(text)}`);
}

/** A word as an error shows it. */
export function quoted(word: string): string {
  return JSON.stringify(word);
}

/** What is wrong, and what would be right. */
export function fault(message: string): SyntaxError {
  return new SyntaxError(`Cannot parse rule: ${message}`);
}
