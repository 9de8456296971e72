import { checkFilter } from "../filter/check-filter.ts";
import type { ProcEventFilter } from "../filter/filter.ts";
import { filterFromJson, filterToJson } from "../filter/filter-json.ts";
import type { CommandPatterns } from "../filter/match-command.ts";
import { RelayError } from "./relay-error.ts";

/** Most values in one place of a filter: each is compared with every event. */
const MAX_VALUES = 1024;

/** A filter as the relay gets it, and what is left for the listener to do. */
export interface SplitFilter {
  readonly wire: Record<string, unknown>;
  /** Applied by the listener: there is a regular expression among them. */
  readonly patterns?: CommandPatterns;
}

/**
 * Keeps regular expressions here: one that takes for ever is to hold up nobody else.
 *
 * @throws TypeError or RangeError on a bad filter
 */
export function splitFilter(filter: ProcEventFilter): SplitFilter {
  checkFilter(filter);
  const { command, ...rest } = filter;
  const isHere = [command].flat().some((pattern) => pattern instanceof RegExp);
  if (command === undefined || !isHere) return { wire: filterToJson(filter) };
  return { wire: filterToJson(rest), patterns: command };
}

/** A filter that a listener sent. @throws RelayError `EINVAL` that says what would be right */
export function readFilter(value: unknown): ProcEventFilter {
  let filter: ProcEventFilter;
  try {
    filter = filterFromJson(value);
  } catch (error) {
    throw new RelayError("EINVAL", error instanceof Error ? error.message : String(error));
  }
  for (const [key, values] of Object.entries(filter)) {
    if (!Array.isArray(values) || values.length <= MAX_VALUES) continue;
    throw new RelayError(
      "EINVAL",
      `${key} may have ${MAX_VALUES} values for a relay, got ${values.length}`,
    );
  }
  return filter;
}
