// @ts-check

/** Scripts that run on the machine of whoever installs. */
const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall", "prepare"];

/**
 * What a manifest lacks that every package of ours has.
 *
 * @param {string} folder the package's folder
 * @param {any} manifest its package.json
 * @returns {string[]}
 */
export function manifestFaults(folder, manifest) {
  /** @type {string[]} */
  const faults = [];
  const need = (/** @type {string} */ what, /** @type {boolean} */ holds) => {
    if (!holds) faults.push(`package.json: ${what}`);
  };
  need("license must be MIT", manifest.license === "MIT");
  need("description is missing", typeof manifest.description === "string");
  need("three keywords at least", (manifest.keywords ?? []).length >= 3);
  need("keywords in order", isSorted(manifest.keywords ?? []));
  need("repository.directory", manifest.repository?.directory === `packages/${folder}`);
  need("engines.node must be >=20.19", manifest.engines?.node === ">=20.19");
  need("publishConfig.access must be public", manifest.publishConfig?.access === "public");
  need("type must be module", manifest.type === "module");
  need("exports ./package.json", manifest.exports?.["./package.json"] === "./package.json");
  need("sideEffects must say what registers", manifest.sideEffects !== undefined);
  for (const name of INSTALL_SCRIPTS) need(`no ${name} script`, !manifest.scripts?.[name]);
  for (const file of registering(manifest)) {
    need(`sideEffects must name ${file}`, (manifest.sideEffects || []).includes(file));
  }
  return faults;
}

/**
 * Files of a watcher package that do something when imported: bundlers must keep them.
 *
 * @param {any} manifest
 * @returns {string[]}
 */
function registering(manifest) {
  if (manifest.exports?.["./register"] === undefined) return [];
  return ["index", "register"].flatMap((name) => [`./src/${name}.ts`, `./dist/${name}.js`]);
}

/** @param {readonly string[]} words */
function isSorted(words) {
  return words.every((word, at) => at === 0 || String(words[at - 1]) <= word);
}
