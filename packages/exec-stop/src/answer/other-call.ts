import type { ExecCalls } from "../filter.ts";
import type { CallSlots } from "./call-slots.ts";
import type { StoppedCall } from "./other-calls.ts";
import { findCalls } from "./raw-call.ts";

/** The call in a slot if it is none of exec's; see `CallSlots` for where its numbers are. */
export function otherCall(
  slots: CallSlots,
  slot: number,
  abis: readonly ExecCalls[],
): StoppedCall | undefined {
  const number = slots.word(slot, 16);
  const { abi, execve, execveat } = findCalls(abis, slots.word(slot, 20), number);
  if (number === execve || number === execveat) return undefined;
  return {
    pid: slots.word(slot, 8),
    timeNs: process.hrtime.bigint(),
    abi,
    number,
    first: slots.word(slot, 32) | 0,
  };
}
