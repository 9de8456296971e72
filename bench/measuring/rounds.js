// @ts-check
/** The order of measurements, and what each is compared with. */

/** One measurement: of what, and when it was in the middle. @typedef {{ readonly name: string, readonly atMs: number }} Turn */

/**
 * The order of a round: the reference first, last, and after every few others, which are in another order in every round: so
 * drift hits all alike.
 *
 * @param {readonly string[]} names
 * @param {string} reference one of them
 * @param {number} round from 0
 * @param {number} every others between two of the reference
 */
export function orderOfRound(names, reference, round, every) {
  const others = names.filter((name) => name !== reference);
  const order = [reference];
  for (let i = 0; i < others.length; i++) {
    order.push(others[(i + round * every) % others.length] ?? "");
    if ((i + 1) % every === 0 && i + 1 < others.length) order.push(reference);
  }
  order.push(reference);
  return order;
}

/**
 * What the reference would have shown at that time: between the last one before it and the first one after it, as far as it is
 * from each.
 *
 * @param {readonly { readonly atMs: number, readonly value: number }[]} references in order of time
 * @param {number} atMs
 */
export function referenceAt(references, atMs) {
  const before = references.findLast((one) => one.atMs <= atMs);
  const after = references.find((one) => one.atMs > atMs);
  if (before === undefined || after === undefined) {
    const nearest = before ?? after;
    if (nearest === undefined) throw new Error("there is no measurement to compare with");
    return nearest.value;
  }
  const part = (atMs - before.atMs) / (after.atMs - before.atMs);
  return before.value + (after.value - before.value) * part;
}
