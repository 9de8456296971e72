// @ts-check

/** @typedef {import("./entries.js").Entry} Entry */
/**
 * @callback InfoOf
 * @param {string} id a module's
 * @returns {{ readonly importedIds: readonly string[], readonly isExternal?: boolean } | null}
 */

/**
 * In which entry's file a module lies: that of the smallest one that needs it. So no module is there twice, an entry takes no file that only
 * passes others on, and files never import each other in a circle. What programs need, or only acting entries, is left out: it gets files of
 * its own.
 *
 * @param {readonly Entry[]} entries
 * @param {InfoOf} infoOf
 * @returns {Map<string, string>} the entry's name by the module's id
 */
export function ownersOf(entries, infoOf) {
  const programs = entries.filter(({ isProgram }) => isProgram);
  const left = new Set(programs.flatMap(({ source }) => [...neededBy(source, infoOf)]));
  const needs = entries
    .filter(({ acts, isProgram }) => !acts && !isProgram)
    .map(({ name, source }) => ({ name, modules: neededBy(source, infoOf) }))
    .sort((a, b) => a.modules.size - b.modules.size);
  /** @type {Map<string, string>} */
  const owners = new Map();
  for (const { name, modules } of needs) {
    for (const id of modules) if (!owners.has(id) && !left.has(id)) owners.set(id, name);
  }
  return owners;
}

/**
 * Modules that are loaded with one, itself included. What it imports later, when it wants it, is not.
 *
 * @param {string} source
 * @param {InfoOf} infoOf
 */
function neededBy(source, infoOf) {
  const found = new Set([source]);
  for (const id of found) {
    for (const imported of infoOf(id)?.importedIds ?? []) {
      if (!infoOf(imported)?.isExternal) found.add(imported);
    }
  }
  return found;
}
