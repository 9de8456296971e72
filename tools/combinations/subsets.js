// @ts-check
import { refuse } from "../options/options.js";

/** The five watchers, by short name. */
export const WATCHERS = ["audit", "delayacct", "proc-events", "profile", "semundo"];

/**
 * Every subset, the empty one first.
 *
 * @param {readonly string[]} names
 * @returns {string[][]}
 */
export function subsets(names) {
  const all = [];
  for (let bits = 0; bits < 1 << names.length; bits++) {
    all.push(names.filter((_name, at) => (bits >> at) & 1));
  }
  return all.sort((a, b) => a.length - b.length);
}

/**
 * The subsets asked for on the command line.
 *
 * @param {readonly string[]} asked such as `delayacct+semundo`, or `none`
 */
export function parseSubsets(asked) {
  return asked.map((text) => {
    const names = text === "none" ? [] : text.split("+");
    for (const name of names) {
      if (WATCHERS.includes(name)) continue;
      refuse(`--only ${text}: "${name}" is no watcher; these are: ${WATCHERS.join(", ")}, or none`);
    }
    return names;
  });
}
