// @ts-check
/** Runs the measurements, each in a process of its own, in rounds that are paired later. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CONTENDERS, REFERENCE } from "./contenders.js";

/** @typedef {import("./isolation.js").Isolation} Isolation */
/** @typedef {import("./measure.js").Measurement} Measurement */
/**
 * @typedef {object} Plan
 * @property {boolean} mixed
 * @property {readonly number[]} watchers How many there are to be
 * @property {number} budgetMs No round begins that would not end within it, except for the first
 * @property {number} mostRounds
 * @property {number} warmUpMs
 * @property {number} samples
 * @property {number} sampleMs
 */
/**
 * One measurement, and one of the reference right before or after it: a busy machine slows both.
 *
 * @typedef {{ readonly ns: number, readonly referenceNs: number }} Pair
 */
/** @typedef {Map<string, Pair[]>} Pairs By contender, one of each round */

const NAMES = CONTENDERS.map(({ name }) => name);

const run = promisify(execFile);

/**
 * @param {Plan} plan
 * @param {(round: number) => void} onRound
 * @returns {Promise<Map<number, Pairs>>} by number of watchers
 */
export async function measureAll(plan, onRound) {
  const { budgetMs, mostRounds } = plan;
  const begin = performance.now();
  /** @type {Map<number, Pairs>} */
  const measured = new Map(
    plan.watchers.map((watchers) => [watchers, new Map(NAMES.map((name) => [name, []]))]),
  );
  let longestMs = 0;
  for (let round = 0; round < mostRounds; round += 1) {
    const start = performance.now();
    if (start - begin + longestMs > budgetMs) {
      break;
    }
    onRound(round + 1);
    // Every other round backwards, so that a slow drift of the machine favours nobody.
    const order = round % 2 === 0 ? NAMES : NAMES.toReversed();
    for (const [watchers, pairs] of measured) {
      await measureRound(order, (contender) => measure(contender, watchers, plan), pairs);
    }
    longestMs = Math.max(longestMs, performance.now() - start);
  }
  return measured;
}

/**
 * Measures the reference between every two contenders.
 *
 * @param {readonly string[]} order names of the contenders
 * @param {(contender: string) => Promise<number>} measure
 * @param {Pairs} pairs
 */
async function measureRound(order, measure, pairs) {
  for (let index = 0; index < order.length; index += 2) {
    const [first = "", second = ""] = order.slice(index, index + 2);
    const firstNs = await measure(first);
    const referenceNs = await measure(REFERENCE);
    pairs.get(first)?.push({ ns: firstNs, referenceNs });
    if (second !== "") {
      pairs.get(second)?.push({ ns: await measure(second), referenceNs });
    }
  }
}

/**
 * @param {string} contender
 * @param {number} watchers
 * @param {Plan} plan
 * @returns {Promise<number>} nanoseconds
 */
async function measure(contender, watchers, { mixed, warmUpMs, samples, sampleMs }) {
  /** @type {Measurement} */
  const measurement = { contender, watchers, mixed, warmUpMs, samples, sampleMs };
  const { ns } = await runScript("measure.js", JSON.stringify(measurement));
  return ns;
}

/** @returns {Promise<Map<string, Isolation>>} by contender */
export async function tryIsolation() {
  const found = new Map();
  for (const name of NAMES) {
    found.set(name, await runScript("isolation.js", name));
  }
  return found;
}

/**
 * @param {string} script
 * @param {string} argument
 */
async function runScript(script, argument) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await run(process.execPath, [path, argument]);
  return JSON.parse(stdout);
}
