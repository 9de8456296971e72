import { setFlagsFromString } from "node:v8";

/**
 * From now on the heap's new space does not grow. A watch makes garbage with every event and keeps little; what it holds for
 * long soon moves to the old space, and 32 MB of room for the rest is most of what a watch would take.
 */
export function keepNewSpaceSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
