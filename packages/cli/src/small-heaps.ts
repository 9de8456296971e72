import { setFlagsFromString } from "node:v8";
import { keepMallocThresholds } from "@task-watchers/linux/malloc";

/**
 * From now on neither heap of this process grows without need: to be called before code is loaded, which makes them grow first.
 * V8's new space stays as it is: a watch makes garbage with every event and keeps little; what it holds for long soon moves to
 * the old space, and up to 32 MB of room for the rest would be most of what a watch takes. What little there is to collect one
 * thread does alone: to wake V8's helpers for it costs a build's CPUs more than it saves (6 % of ours). malloc's heap gives back
 * what is free: the kernel's types, read once, would else have it keep some 6 MB.
 */
export function keepHeapsSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--no-parallel-scavenge");
  keepMallocThresholds();
}
