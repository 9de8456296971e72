import { checkRule, MAX_SYSCALLS } from "./check.ts";
import { fieldNamed, FIELDS } from "./fields.ts";
import { archOf, KEY_SEPARATOR, usualSyscalls } from "./format.ts";
import { MACHINE_NAMES, type RuleNames } from "./names.ts";
import { parseWord } from "./number-text.ts";
import { type AuditRule, OPERATORS, type RuleField, type RuleOperator } from "./rule.ts";
import { fault, parseComparison, parsePlace, parseValue, quoted } from "./rule-words.ts";
import { splitWords } from "./words.ts";

/** A rule, and where it is to go. */
export interface ParsedRule {
  readonly rule: AuditRule;
  /** Written with `-A`: put it before the others of its list. */
  readonly prepend: boolean;
}

/**
 * Reads a rule as auditctl(8) takes it: `-a always,exit -F arch=b64 -S execve -F key=x`, `-A …`, `-w /etc/passwd -p wa -k x`. Words
 * may be quoted as in a shell. In one respect it takes more: `-S` with a name may come before `-F arch=`.
 *
 * @param names of this machine by default
 * @throws SyntaxError or RangeError naming the word and what would be right
 */
export function parseRule(text: string, names: RuleNames = MACHINE_NAMES): ParsedRule {
  const draft = new Draft(names);
  const words = splitWords(text);
  for (let at = 0; at < words.length; at += 2) {
    const option = words[at] ?? "";
    const value = words[at + 1];
    if (!OPTIONS.includes(option)) {
      throw fault(`${quoted(option)} is no part of a rule; options are ${OPTIONS.join(" ")}`);
    }
    if (value === undefined) throw fault(`${option} needs a word behind it`);
    draft.option(option, value);
  }
  const rule = draft.rule();
  checkRule(rule);
  return { rule, prepend: draft.prepend };
}

const OPTIONS = ["-a", "-A", "-w", "-p", "-k", "-S", "-F", "-C"];
const FIELD = /^([a-z_]\w*)(!=|<=|>=|&=|=|<|>|&)(.*)$/su;
/** AUDIT_PERM_… together: what `-w` means without `-p`. */
const ALL_PERMISSIONS = 15;

class Draft {
  readonly #names: RuleNames;
  readonly #fields: RuleField[] = [];
  readonly #keys: string[] = [];
  #place: Pick<AuditRule, "list" | "action"> | undefined;
  #watch: string | undefined;
  #permissions: number | undefined;
  #syscalls: string[] | undefined;
  prepend = false;

  constructor(names: RuleNames) {
    this.#names = names;
  }

  option(option: string, value: string): void {
    if (option === "-k") this.#keys.push(value);
    else if (option === "-p") this.#permissions = parseValue("perm", value, this.#names);
    else if (option === "-S") (this.#syscalls ??= []).push(...value.split(","));
    else if (option === "-F") this.#field(value);
    else if (option === "-C") this.#fields.push(parseComparison(value));
    else this.#head(option, value);
  }

  rule(): AuditRule {
    if (this.#watch !== undefined) return this.#watchRule(this.#watch);
    if (this.#place === undefined) {
      throw fault("it must begin with -a, -A or -w, such as -a always,exit");
    }
    if (this.#permissions !== undefined) {
      throw fault("-p belongs to -w; behind -a write -F perm=wa");
    }
    const rule = { ...this.#place, syscalls: [], fields: this.#allFields() };
    return { ...rule, syscalls: this.#numbers(rule) };
  }

  #head(option: string, value: string): void {
    if (this.#place !== undefined || this.#watch !== undefined) {
      throw fault(`${option} ${value} begins a second rule`);
    }
    if (option === "-w") {
      this.#watch = value;
      return;
    }
    this.prepend = option === "-A";
    this.#place = parsePlace(value);
  }

  #field(word: string): void {
    const [, name, operator, value] = FIELD.exec(word) ?? [];
    if (name === undefined || value === undefined) {
      const operators = Object.keys(OPERATORS).join(" ");
      throw fault(`${quoted(word)} must be a field, one of ${operators}, and a value`);
    }
    const known = fieldNamed(name);
    const number = /^f(\d+)$/u.exec(name)?.[1];
    if (known === "key") {
      if (operator !== "=") throw fault(`key is compared by =, not by ${operator}`);
      // All keys go where the first one is.
      if (this.#keys.length === 0) this.#fields.push({ field: "key", operator: "=", value: "" });
      this.#keys.push(value);
    } else if (known !== undefined) {
      const parsed = FIELDS[known].kind === "text" ? value : parseValue(known, value, this.#names);
      this.#fields.push({ field: known, operator: operator as RuleOperator, value: parsed });
    } else if (number !== undefined) {
      const parsed = parseWord(value);
      if (parsed === undefined)
        throw fault(`${name} must be a number of 32 bits, got ${quoted(value)}`);
      this.#fields.push({
        field: Number(number),
        operator: operator as RuleOperator,
        value: parsed,
      });
    } else {
      throw fault(`there is no field ${quoted(name)}; fields are ${Object.keys(FIELDS).join(" ")}`);
    }
  }

  #allFields(): RuleField[] {
    if (this.#keys.length === 0) return this.#fields;
    const key: RuleField = { field: "key", operator: "=", value: this.#keys.join(KEY_SEPARATOR) };
    const at = this.#fields.findIndex(({ field }) => field === "key");
    return at < 0 ? [...this.#fields, key] : this.#fields.with(at, key);
  }

  #watchRule(path: string): AuditRule {
    if (this.#fields.length > 0 || this.#syscalls !== undefined) {
      throw fault("-w takes -p and -k only; write -a always,exit -F path=… for more");
    }
    const plain = path.replace(/\/+$/u, "");
    const isDirectory = plain !== path || this.#names.isDirectory(path);
    const value = plain === "" ? "/" : plain;
    return {
      list: "exit",
      action: "always",
      syscalls: "all",
      fields: [
        { field: isDirectory ? "dir" : "path", operator: "=", value },
        { field: "perm", operator: "=", value: this.#permissions ?? ALL_PERMISSIONS },
        ...this.#allFields(),
      ],
    };
  }

  /** Known only when all is read: the architecture may come late. */
  #numbers(rule: AuditRule): AuditRule["syscalls"] {
    const words = this.#syscalls;
    if (words === undefined) return usualSyscalls(rule.list);
    if (words.includes("all") || words.includes("any")) return "all";
    if (words.length === 1 && words[0] === "none") return [];
    const arch = archOf(rule, this.#names);
    const numbers = words.map((word) => this.#number(word, arch));
    return [...new Set(numbers)].sort((a, b) => a - b);
  }

  #number(word: string, arch: number | undefined): number {
    const byName = arch === undefined ? undefined : this.#names.syscalls.number(arch, word);
    const number = byName ?? (/^\d+$/u.test(word) ? Number(word) : undefined);
    if (number === undefined) {
      const why =
        arch === undefined ? "without one arch= its number is needed" : "not in this arch";
      throw fault(
        `there is no system call ${quoted(word)} (${why}); names are as in auditctl, or numbers`,
      );
    }
    if (number >= MAX_SYSCALLS) throw fault(`system call ${word} is above ${MAX_SYSCALLS - 1}`);
    return number;
  }
}
