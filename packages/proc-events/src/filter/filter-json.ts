import { checkFilter } from "./check-filter.ts";
import type { ProcEventFilter } from "./filter.ts";

/**
 * A filter as plain data, for the wire.
 *
 * @throws TypeError or RangeError on a bad filter, and on a RegExp: what one costs is not to be laid upon another process
 */
export function filterToJson(filter: ProcEventFilter): Record<string, unknown> {
  checkFilter(filter);
  const { command } = filter;
  const pattern = [command].flat().find((item) => item instanceof RegExp);
  if (pattern !== undefined) {
    throw new TypeError(`command must be text here, got the RegExp ${String(pattern)}`);
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/**
 * The filter that `filterToJson` gave. Whoever sent it may have sent anything.
 *
 * @throws TypeError or RangeError when it is no filter
 */
export function filterFromJson(json: unknown): ProcEventFilter {
  const filter = json as ProcEventFilter;
  checkFilter(filter);
  return { ...filter };
}
