import { functionKey, functionOf } from "../profile/function-of.ts";
import type { Frame } from "../symbols/frame.ts";
import type { Tally } from "./tally.ts";

/** Time of a function itself. */
export interface HotFunctionTime {
  readonly frame: Frame;
  samples: number;
  ns: number;
}

/** No frame: of an empty stack. */
const UNKNOWN: Frame = {
  name: "[unknown]",
  module: "[unknown]",
  kind: "unknown",
  resolved: false,
};

/** The functions that took the most time themselves, addresses without a symbol added up by file. */
export function hotFunctions(
  tally: Tally,
  frames: readonly Frame[],
  most: number,
): readonly HotFunctionTime[] {
  const functions = new Map<string, HotFunctionTime>();
  for (const { frame: number, samples, ns } of tally.self()) {
    const frame = functionOf(frames[number] ?? UNKNOWN);
    const key = functionKey(frame);
    const known = functions.get(key);
    if (known === undefined) {
      functions.set(key, { frame, samples, ns });
      continue;
    }
    known.samples += samples;
    known.ns += ns;
  }
  return [...functions.values()].sort((a, b) => b.ns - a.ns).slice(0, most);
}
