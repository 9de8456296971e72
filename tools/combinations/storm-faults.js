// @ts-check

/** What the heap may have grown by, after a collection, from before the watch to after it. */
const GROWTH_MEGABYTES = 30;

/**
 * What is wrong with what a watch under a storm told; nothing when all is as it should be.
 *
 * @param {any} end the last line that `storm.js` printed
 * @param {readonly string[]} names the watchers it was to load
 * @returns {string[]}
 */
export function stormFaults(end, names) {
  if (end === null) return ["the watch told nothing at its end"];
  /** @type {string[]} */
  const faults = [];
  const need = (/** @type {string} */ what, /** @type {boolean} */ holds) => {
    if (!holds) faults.push(what);
  };
  const { told, lost, forks, modules, before, after } = end;
  need(
    `${told.init} told + ${lost} lost, of ${forks.least} forks`,
    told.init + lost >= forks.least,
  );
  need(
    `${told.init - told.synthetic} forks told, of ${forks.most}`,
    told.init - told.synthetic <= forks.most,
  );
  const begun = told.init + told.existing;
  // Closing the watch frees those that live on.
  need(`${begun} began, ${told.free} were freed`, begun === told.free);
  const open = modules.map((/** @type {any} */ module) => module.name).toSorted();
  need(`loaded at the end: ${open}`, JSON.stringify(open) === JSON.stringify([...names].sort()));
  for (const { name, state, error, errors } of modules) {
    need(`${name} is ${state}: ${error}`, state !== "failed");
    need(`${name}: ${errors} errors`, errors === 0);
  }
  const kept = after.descriptors.filter((/** @type {string} */ path) => !isOwn(path));
  const had = before.descriptors.filter((/** @type {string} */ path) => !isOwn(path));
  need(`descriptors before: ${had}; after: ${kept}`, kept.length <= had.length);
  need(
    `heap of ${before.megabytes} MB before, ${after.megabytes} after`,
    after.megabytes - before.megabytes < GROWTH_MEGABYTES,
  );
  return faults;
}

/**
 * The pipes to the process that started it, and the one by which Node.js hears of its own children.
 *
 * @param {string} path
 */
function isOwn(path) {
  return path.startsWith("pipe:");
}
