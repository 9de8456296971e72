// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";

const SCOPE = "@task-watchers/";

/**
 * Names of other packages of ours that stand for the same file, each with the one to import it by: every name that a module imports is looked
 * for in the file system, though the file is loaded already.
 *
 * @param {string} directory the package's
 * @param {readonly string[]} dependencies
 * @returns {Map<string, string>}
 */
export function sameFiles(directory, dependencies) {
  /** @type {Map<string, string>} */
  const names = new Map();
  for (const dependency of dependencies.filter((name) => name.startsWith(SCOPE))) {
    const path = join(directory, "node_modules", dependency, "package.json");
    const { exports } = JSON.parse(readFileSync(path, "utf8"));
    /** @type {Map<string, string>} */
    const byFile = new Map();
    for (const [topic, target] of Object.entries(exports)) {
      const name = join(dependency, topic);
      const file = target.default ?? target;
      if (!byFile.has(file)) byFile.set(file, name);
      names.set(name, byFile.get(file) ?? name);
    }
  }
  return names;
}
