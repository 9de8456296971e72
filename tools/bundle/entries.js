// @ts-check
import { basename, extname, join } from "node:path";

/**
 * A file of dist/ that can be imported, is run, or is started by its path.
 *
 * @typedef {object} Entry
 * @property {string} name its path in dist/, without the ending
 * @property {boolean} isAlone whether it is CommonJS, `.cjs`: what a thread begins with, see alone.js
 * @property {string} source the module it is made of
 * @property {boolean} acts whether something happens when it is loaded, which must not for those who import another entry
 * @property {boolean} isProgram whether it is run, and loads nothing that it does not need
 */

/**
 * Every compiled file that the manifest names: in exports, imports, bin or sideEffects.
 *
 * @param {string} directory the package's
 * @param {any} manifest
 * @returns {Entry[]}
 */
export function entriesOf(directory, manifest) {
  const { exports, imports, bin, sideEffects } = manifest;
  const text = JSON.stringify([exports, imports, bin, sideEffects]);
  const sources = matches(text, /"\.\/src\/([^"]+)\.ts"/gu);
  return matches(text, /"\.\/dist\/([^"]+\.c?js)"/gu).map((file) => {
    const name = basename(file, extname(file));
    const source = sources.find((path) => basename(path) === name) ?? name;
    return {
      name,
      isAlone: file.endsWith(".cjs"),
      source: join(directory, "src", `${source}.ts`),
      acts: (sideEffects || []).includes(`./dist/${file}`),
      isProgram: Object.values(bin ?? {}).includes(`./dist/${file}`),
    };
  });
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 */
function matches(text, pattern) {
  return [...new Set([...text.matchAll(pattern)].map(([, found = ""]) => found))];
}
