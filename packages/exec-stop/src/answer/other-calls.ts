import type { ExecAbi } from "../filter.ts";

/** A call that is no exec, while its task stands still in it. */
export interface StoppedCall {
  /** The thread's id; 0 when it is in no pid namespace of ours. */
  readonly pid: number;
  /** CLOCK_MONOTONIC when we were told, nanoseconds. */
  readonly timeNs: bigint;
  readonly abi: ExecAbi;
  /** Number of the call in its ABI. */
  readonly number: number;
  /** The low 32 bits of its first argument, signed. */
  readonly first: number;
}

/** Further calls that are to be stopped. They are let go in any case, as soon as they have been told. */
export interface OtherCalls {
  /** Their numbers in an ABI, execve(2) and execveat(2) not among them. */
  readonly numbers: (abi: ExecAbi) => readonly number[];
  /** What it throws is told as trouble. */
  readonly onCall: (call: StoppedCall) => void;
}
