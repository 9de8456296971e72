import { show } from "./check-filter.ts";

/**
 * @param keys names of everything the options may hold (default: not looked at here)
 * @throws TypeError when the options are no object, or hold something that is not known
 */
export function checkOptions(options: unknown, keys?: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`options must be an object, got ${show(options)}`);
  }
  for (const key of keys === undefined ? [] : Object.keys(options)) {
    if (keys?.includes(key)) continue;
    throw new TypeError(`options have no ${show(key)}, they may have ${keys?.join(", ")}`);
  }
}
