// @ts-check
/** Each run beside what "none" would have shown at that time, and what is claimed of the rows of ours. */
import { referenceAt } from "../measuring/rounds.js";
import { mean, range } from "../measuring/statistics.js";

/** @typedef {import("./rows.js").Run} Run */
/** @typedef {import("../measuring/statistics.js").Range} Range */
/** @typedef {Run & { readonly atMs: number }} TimedRun */
/**
 * @typedef {object} Compared
 * @property {Range} elapsed ratio to "none"
 * @property {Range} cpu the build's own CPU time, as a ratio
 * @property {Range} whole the build's CPU time and the watcher's to the build's alone, as a ratio
 * @property {number} watcherSeconds mean
 * @property {number | undefined} lost sum
 * @property {string | undefined} target what is claimed; undefined for what is not ours
 * @property {boolean | undefined} holds undefined where there are too few runs to tell
 */

const REFERENCE = "none";
/** More than nothing, at most. */
const ROW_COST = 0.005;
const EVERYTHING_COST = 0.015;
/** Fewer have no spread to speak of. */
const FEWEST_RUNS = 3;

/**
 * @param {ReadonlyMap<string, readonly TimedRun[]>} measured "none" among them
 * @param {(name: string) => boolean} isOurs
 * @returns {Map<string, Compared>} without "none"
 */
export function compare(measured, isOurs) {
  const nones = (measured.get(REFERENCE) ?? []).toSorted((a, b) => a.atMs - b.atMs);
  const compared = new Map();
  for (const [name, runs] of measured) {
    if (name === REFERENCE || runs.length === 0) continue;
    const ratio = (
      /** @type {(run: Run) => number} */ figure,
      /** @type {(run: Run) => number} */ ofNone,
    ) =>
      range(
        runs.map((run) => {
          const values = nones.map((one) => ({ atMs: one.atMs, value: ofNone(one) }));
          return figure(run) / referenceAt(values, run.atMs);
        }),
      );
    const elapsed = ratio(elapsedOf, elapsedOf);
    const cpu = ratio(cpuOf, cpuOf);
    const whole = ratio((run) => cpuOf(run) + run.watcher, cpuOf);
    const watcherSeconds = mean(runs.map(({ watcher }) => watcher));
    const lost = runs[0]?.lost === undefined ? undefined : sumOf(runs.map((run) => run.lost ?? 0));
    const allowed = name === "everything" ? EVERYTHING_COST : ROW_COST;
    compared.set(name, {
      ...{ elapsed, cpu, whole, watcherSeconds, lost },
      target: isOurs(name) ? `at most ${(allowed * 100).toFixed(1)} %` : undefined,
      holds: runs.length < FEWEST_RUNS ? undefined : isWithin(elapsed, cpu, allowed),
    });
  }
  return compared;
}

/** By elapsed time; where that wanders more than what is allowed, by CPU time. @param {Range} elapsed @param {Range} cpu @param {number} allowed */
function isWithin(elapsed, cpu, allowed) {
  const isSettled = elapsed.most - elapsed.least <= allowed;
  return (isSettled ? elapsed : cpu).middle - 1 <= allowed;
}

/** @param {Run} run */
function elapsedOf({ build }) {
  return build.elapsed;
}

/** @param {Run} run */
function cpuOf({ build }) {
  return build.user + build.system;
}

/** @param {readonly number[]} values */
function sumOf(values) {
  return values.reduce((sum, value) => sum + value, 0);
}
