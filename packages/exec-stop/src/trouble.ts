import type { ExecCall } from "./call/exec-call.ts";

/** Something that went wrong while every exec went on all the same. */
export interface ExecTrouble {
  /**
   * `thrown`: the handler threw, rejected, or gave something that is no verdict. `late`: it had not answered by the deadline.
   * `unguarded`: no process would let execs pass should this one be killed. `thread`: the thread that starts commands has ended.
   */
  readonly kind: "thrown" | "late" | "unguarded" | "thread";
  readonly message: string;
  /** The exec it was about; absent when it is about none. */
  readonly call?: ExecCall;
  /** What was thrown. */
  readonly cause?: unknown;
}
