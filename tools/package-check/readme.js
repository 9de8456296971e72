// @ts-check

/** What the README of a package has, in this order. */
const ORDER = [
  ["what is needed", /^Privileges: /mu],
  ["how to install", /npm (?:install|i) /u],
  ["an example", /^```(?:js|ts|sh)$|^ {4}(?:npx|task-watchers) /mu],
  ["what it can lose or get wrong", /^## What it (?:can|does not)/mu],
  ["what it descends from", /^## Lineage|^Descends from/mu],
  ["what it is related to", /^## Related|Related: /mu],
];

/**
 * What a README lacks, or has in another place than the others.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function readmeFaults(text) {
  const faults = [];
  let last = 0;
  for (const [what, pattern] of /** @type {[string, RegExp][]} */ (ORDER)) {
    const at = text.search(pattern);
    if (at < 0) faults.push(`README.md: no word of ${what}`);
    else if (at < last) faults.push(`README.md: ${what} stands too early`);
    last = Math.max(last, at);
  }
  return faults;
}
