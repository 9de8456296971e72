// @ts-check
import { CHAINS } from "./chains.js";
import { CONTENDERS, isPeer, REFERENCE } from "./contenders.js";
import { median } from "./statistics.js";

/** @typedef {import("./contenders.js").Contender} Contender */
/** @typedef {import("./isolation.js").Isolation} Isolation */
/** @typedef {import("./rounds.js").Pair} Pair */
/** @typedef {import("./rounds.js").Pairs} Pairs */
/**
 * @typedef {object} Claim
 * @property {string} chain
 * @property {number} watchers
 * @property {string} peers Which peers it is about
 * @property {string} fastest Of those
 * @property {number} ratio What the chain takes of the peer's time
 * @property {number} target
 * @property {boolean} holds
 */

/** The targets are "as fast as", but for what is noise, and "in sight of". */
const GROUPS = [
  {
    peers: "peers that isolate",
    target: 1.05,
    has: (/** @type {Contender} */ _peer, /** @type {boolean} */ isolates) => isolates,
  },
  {
    peers: "peers that do not",
    target: 1.5,
    has: (/** @type {Contender} */ _peer, /** @type {boolean} */ isolates) => !isolates,
  },
  {
    peers: "peers that do not, without generated code",
    target: 1.5,
    has: (/** @type {Contender} */ peer, /** @type {boolean} */ isolates) =>
      !isolates && peer.generatesCode !== true,
  },
];

/**
 * What is claimed of the chains, and whether it was so.
 *
 * @param {Map<number, Pairs>} measured by number of watchers
 * @param {Map<string, Isolation>} isolation
 * @returns {Claim[]}
 */
export function checkClaims(measured, isolation) {
  const claims = [];
  for (const { peers, target, has } of GROUPS) {
    const names = CONTENDERS.filter(
      (contender) =>
        isPeer(contender) && has(contender, isolation.get(contender.name)?.isolates === true),
    ).map(({ name }) => name);
    for (const { name: chain } of CHAINS) {
      for (const [watchers, pairs] of measured) {
        const fastest = fastestOf(names, pairs);
        const own = chain === REFERENCE ? 1 : ratioToReference(pairs.get(chain));
        const ratio = own / ratioToReference(pairs.get(fastest));
        claims.push({ chain, watchers, peers, fastest, ratio, target, holds: ratio <= target });
      }
    }
  }
  return claims;
}

/**
 * @param {readonly string[]} names
 * @param {Pairs} pairs
 */
function fastestOf(names, pairs) {
  return names.reduce((fastest, name) =>
    ratioToReference(pairs.get(name)) < ratioToReference(pairs.get(fastest)) ? name : fastest,
  );
}

/** @param {readonly Pair[]} [pairs] */
export function ratioToReference(pairs = []) {
  return median(pairs.map(({ ns, referenceNs }) => ns / referenceNs));
}
