// @ts-check
/** Shows what a throwing listener does to its neighbours: `isolation.js <contender>`. */
import { setImmediate } from "node:timers/promises";
import { findContender } from "./contenders.js";
import { eventTypes, makeOccasions } from "./workload.js";

/**
 * @typedef {object} Isolation
 * @property {boolean} isolates Whether the listener behind the throwing one was called
 * @property {string} errorGoesTo
 */

const types = eventTypes(false);
const [occasion] = makeOccasions(false);
let isolates = false;
let errorGoesTo = "nobody";
process.on("uncaughtException", () => {
  errorGoesTo = "uncaughtException";
});

const listeners = [
  () => {},
  () => {
    throw new Error("thrown by a listener");
  },
  () => {
    isolates = true;
  },
];
const dispatch = await findContender(process.argv[2]).connect(types, [listeners], () => {
  errorGoesTo = "error sink";
});
if (occasion === undefined) {
  throw new Error("nothing to dispatch");
}
try {
  await dispatch(occasion.code, occasion.event, occasion.task);
} catch {
  errorGoesTo = "caller";
}
// An uncaught exception may be thrown in a later turn.
await setImmediate();
process.stdout.write(`${JSON.stringify({ isolates, errorGoesTo })}\n`);
