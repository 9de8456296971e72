/** What the commands' options have in common: every value that makes no sense is named, with what would be right. */
import { readFileSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./usage-error.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** @throws UsageError on an unknown option, a missing value, one given twice, or a word that is no option */
export function parseOptions<const T extends Options>(
  args: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ options: T }>>["values"] {
  const { values, tokens } = inUsage(() =>
    parseArgs<{ options: T; args: string[]; allowPositionals: false; tokens: true }>({
      args: [...args],
      options,
      allowPositionals: false,
      tokens: true,
    }),
  );
  refuseRepeated(tokens, options);
  return values;
}

/** The same where words are the names of files. @throws UsageError */
export function parseOptionsAndFiles<const T extends Options>(
  args: readonly string[],
  options: T,
): {
  readonly values: ReturnType<typeof parseArgs<{ options: T }>>["values"];
  readonly files: string[];
} {
  const { values, positionals, tokens } = inUsage(() =>
    parseArgs<{ options: T; args: string[]; allowPositionals: true; tokens: true }>({
      args: [...args],
      options,
      allowPositionals: true,
      tokens: true,
    }),
  );
  refuseRepeated(tokens, options);
  return { values, files: positionals };
}

interface Token {
  readonly kind: string;
  readonly name?: string;
  readonly value?: string | undefined;
}

/** Of two values of an option that takes one, the first would count for nothing. @throws UsageError that names it */
function refuseRepeated(tokens: readonly Token[], options: Options): void {
  const seen = new Map<string, string>();
  for (const { kind, name = "", value } of tokens) {
    if (kind !== "option" || value === undefined || options[name]?.multiple === true) continue;
    const before = seen.get(name);
    if (before !== undefined) {
      throw new UsageError(
        `--${name} may be given once; here it is "${before}" and "${value}": leave one out`,
      );
    }
    seen.set(name, value);
  }
}

function inUsage<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    // What follows the first line is advice for other cases.
    if (error instanceof TypeError) throw new UsageError(error.message.split("\n")[0] ?? "");
    throw error;
  }
}

/** A value that a package of ours refuses is a wrong argument of the user's. @throws UsageError, or what `body` throws */
export async function asUsage<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    const isRefusal = error instanceof TypeError || error instanceof RangeError;
    if (isRefusal && !("code" in error)) throw new UsageError(error.message);
    throw error;
  }
}

/** @throws UsageError when the text is no whole number */
export function wholeNumber(option: string, text: string): number;
export function wholeNumber(option: string, text: string | undefined): number | undefined;
export function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/u.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new UsageError(`${option} must be a whole number, got "${text}"`);
}

/**
 * The words of an option that takes several, by commas, by being given more than once, or both; none when it is not there.
 *
 * @throws UsageError when it is there and empty: nothing is not the same as everything
 */
export function words(option: string, values: readonly string[] | undefined): string[] {
  if (values === undefined) return [];
  const all = values.flatMap((list) => list.split(",")).filter((word) => word !== "");
  if (all.length > 0) return all;
  throw new UsageError(`${option} needs a value, got "${values.join(",")}"`);
}

/** Watchers to load: those named, and those that another option implies. */
export function watcherNames(
  values: readonly string[] | undefined,
  implied: readonly string[],
): string[] {
  return [...new Set([...words("--with", values), ...implied])];
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `"250ms"`, `"1.5s"`, `"2m"`, `"1h"`; a bare number is seconds. @throws UsageError */
export function durationMs(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, number = "", unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/u.exec(text) ?? [];
  if (number !== "") return Number(number) * (UNIT_MS[unit] ?? 1000);
  throw new UsageError(`${option} must be a time such as 250ms, 10s or 2m, got "${text}"`);
}

/** A user by name or number. @throws UsageError when there is none of that name */
export function userId(option: string, text: string): number {
  if (/^\d+$/u.test(text)) return userNumber(option, text);
  for (const line of passwd()) {
    const [name, , id] = line.split(":");
    if (name === text && id !== undefined) return Number(id);
  }
  throw new UsageError(
    `${option}: there is no user "${text}" in /etc/passwd; give a name or a number`,
  );
}

/** Greatest id of a user or group; one more means none (man 2 chown). */
const MAX_ID = 0xffff_fffe;

function userNumber(option: string, text: string): number {
  const id = wholeNumber(option, text);
  if (id <= MAX_ID) return id;
  throw new UsageError(`${option} must be an id from 0 to ${MAX_ID}, got "${text}"`);
}

function passwd(): string[] {
  try {
    return readFileSync("/etc/passwd", "utf8").split("\n");
  } catch {
    return [];
  }
}

/** Names of users by id, as far as /etc/passwd has them. */
export function userNames(): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of passwd()) {
    const [name = "", , id] = line.split(":");
    if (id !== undefined && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}
