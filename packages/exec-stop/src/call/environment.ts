/** What a program's environment got and lost. */
export interface EnvironmentChanges {
  /** Variables that are new or have another value. */
  readonly set: Readonly<Record<string, string>>;
  /** Names that are gone. */
  readonly unset: readonly string[];
}

/** Compares two environments, `NAME=value` each. Of a name that comes twice the first counts, as for getenv(3). */
export function environmentChanges(
  before: readonly string[],
  after: readonly string[],
): EnvironmentChanges {
  const old = variables(before);
  const now = variables(after);
  const set = Object.create(null) as Record<string, string>;
  for (const [name, value] of now) if (old.get(name) !== value) set[name] = value;
  return { set, unset: [...old.keys()].filter((name) => !now.has(name)) };
}

function variables(strings: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const string of strings) {
    const equals = string.indexOf("=");
    if (equals < 0) continue;
    const name = string.slice(0, equals);
    if (!found.has(name)) found.set(name, string.slice(equals + 1));
  }
  return found;
}
