// @ts-check
/** Measures one contender, as a process of its own: `measure.js <Measurement as JSON>`. */
import { findContender } from "./contenders.js";
import { eventTypes, makeOccasions, makeListeners } from "./workload.js";

/**
 * @typedef {object} Measurement
 * @property {string} contender
 * @property {number} watchers
 * @property {boolean} mixed
 * @property {number} warmUpMs
 * @property {number} samples
 * @property {number} sampleMs
 */
/** @typedef {import("./contenders.js").Dispatch} Dispatch */
/** @typedef {import("./workload.js").Occasion} Occasion */

/** @type {Measurement} */
const { contender, watchers, mixed, warmUpMs, samples, sampleMs } = JSON.parse(
  process.argv[2] ?? "{}",
);
const { carriesOneValue = false, answersLater = false, connect } = findContender(contender);
const types = eventTypes(mixed);
const occasions = makeOccasions(mixed);
const { listeners, heard } = makeListeners(types.length, watchers, carriesOneValue);
const dispatch = await connect(types, listeners, (error) => {
  throw error;
});

let passes = 0;
let perPassMs = 0;
for (const end = performance.now() + warmUpMs; performance.now() < end;) {
  perPassMs = await timed(1);
}
// What the last pass took may have been anything: two samples settle how many passes fill one.
let passesPerSample = 1;
let fastestMs = Infinity;
for (let sample = -2; sample < samples; sample += 1) {
  if (sample <= 0) {
    passesPerSample = Math.max(1, Math.round(sampleMs / perPassMs));
  }
  perPassMs = (await timed(passesPerSample)) / passesPerSample;
  fastestMs = sample < 0 ? Infinity : Math.min(fastestMs, perPassMs);
}
checkHeard();
process.stdout.write(`${JSON.stringify({ ns: (fastestMs * 1e6) / occasions.length })}\n`);

/** @param {number} count */
async function timed(count) {
  const start = performance.now();
  if (answersLater) {
    await runLater(count, dispatch, occasions);
  } else {
    runNow(count, dispatch, occasions);
  }
  passes += count;
  return performance.now() - start;
}

/**
 * @param {number} count
 * @param {Dispatch} dispatch
 * @param {readonly Occasion[]} occasions
 */
function runNow(count, dispatch, occasions) {
  /** @type {unknown} */
  let answer;
  for (let pass = 0; pass < count; pass += 1) {
    for (const { code, event, task } of occasions) {
      answer = dispatch(code, event, task);
    }
  }
  // So that no answer is computed in vain.
  return answer;
}

/**
 * @param {number} count
 * @param {Dispatch} dispatch
 * @param {readonly Occasion[]} occasions
 */
async function runLater(count, dispatch, occasions) {
  for (let pass = 0; pass < count; pass += 1) {
    for (const { code, event, task } of occasions) {
      await dispatch(code, event, task);
    }
  }
}

/** Every listener must have heard every event of its type, and no other. */
function checkHeard() {
  const sums = types.map(() => 0);
  for (const { code, event, task } of occasions) {
    sums[code] = (sums[code] ?? 0) + passes * (event.serial + task.pid);
  }
  for (const [index, sum] of heard.entries()) {
    const expected = sums[Math.floor(index / watchers)];
    if (sum !== expected) {
      throw new Error(`listener ${index} of ${contender} added up ${sum}, not ${expected}`);
    }
  }
}
