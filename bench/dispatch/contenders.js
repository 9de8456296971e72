// @ts-check
import { CHAINS } from "./chains.js";
import { PEERS } from "./peers.js";

/** @typedef {import("./workload.js").BenchEvent} BenchEvent */
/** @typedef {import("./workload.js").Listener} Listener */
/** @typedef {import("./workload.js").Task} Task */
/** @typedef {import("./workload.js").TaskEventName} TaskEventName */
/** @typedef {(code: number, event: BenchEvent, task: Task) => unknown} Dispatch */
/** @typedef {(error: unknown) => void} ErrorSink */
/**
 * @typedef {object} Contender
 * @property {string} name A peer has the name of its package
 * @property {boolean} [byHand] No package: what one would write oneself
 * @property {boolean} [generatesCode] Compiles text of its own at run time
 * @property {boolean} [carriesOneValue] Its listeners get the event alone
 * @property {boolean} [answersLater] A dispatch answers with a promise, and is over only then
 * @property {(
 *   types: readonly TaskEventName[],
 *   listeners: Listener[][],
 *   sink: ErrorSink,
 * ) => Dispatch | Promise<Dispatch>} connect Puts the listeners of each type on it
 */

/** @type {readonly Contender[]} */
export const CONTENDERS = [...CHAINS, ...PEERS];

/** The one everybody is compared with: the way every event of the program takes. */
export const REFERENCE = "TaskChain.raise";

/** @param {Contender} contender */
export function isPeer(contender) {
  return PEERS.includes(contender) && contender.byHand !== true;
}

/** @param {string | undefined} name */
export function findContender(name) {
  const found = CONTENDERS.find((contender) => contender.name === name);
  if (found === undefined) {
    throw new RangeError(`no contender "${name}"`);
  }
  return found;
}
