import type { RawCall } from "../call/exec-call.ts";
import { userAddress } from "../call/task-strings.ts";
import type { ExecCalls } from "../filter.ts";
import type { CallSlots } from "./call-slots.ts";

/** __X32_SYSCALL_BIT, arch/x86/include/uapi/asm/unistd.h. */
const X32_BIT = 0x4000_0000;

/** The numbers of the call in a slot: struct seccomp_notif, see `CallSlots`. */
export function rawCall(slots: CallSlots, slot: number, abis: readonly ExecCalls[]): RawCall {
  const nr = slots.word(slot, 16);
  const calls = findCalls(abis, slots.word(slot, 20), nr);
  const args: number[] = [];
  for (let at = 32; at < 80; at += 8) {
    args.push(userAddress(slots.word(slot, at), slots.word(slot, at + 4)));
  }
  return {
    pid: slots.word(slot, 8),
    calls,
    isExecveat: nr === calls.execveat,
    timeNs: process.hrtime.bigint(),
    args,
    // The low words of the first and the fifth argument: the kernel takes them for an int.
    directory: slots.word(slot, 32) | 0,
    flags: slots.word(slot, 64),
  };
}

/** The ABI that a call was made in. */
export function findCalls(abis: readonly ExecCalls[], arch: number, nr: number): ExecCalls {
  const calls = abis.find((abi) => abi.arch === arch && (abi.execve & X32_BIT) === (nr & X32_BIT));
  // The filter lets no other through.
  if (calls === undefined) throw new RangeError(`arch ${arch} is none of the filter's`);
  return calls;
}
