/** What the loop and its waiting thread tell each other. @module */

/** Handed to the thread when it starts. */
export interface ThreadData {
  /** Two words, below. */
  readonly shared: Int32Array<SharedArrayBuffer>;
}

/**
 * Whether the thread is in native code, which must not be cut short: 0 when it is not, its id while it may wait in the
 * kernel, `LOADING` before it knows that.
 */
export const NATIVE = 0;
/** Not 0 once the program ends: the thread then keeps out of native code. */
export const CLOSING = 1;
export const LOADING = -1;

/** One operation to wait for. */
export interface WaitRequest {
  readonly number: number;
  /** Id of the set. */
  readonly set: number;
  /** As `packSemaphoreSteps` lays them out, with `wait`. */
  readonly steps: Uint8Array;
  /** One word, below. */
  readonly state: Int32Array<SharedArrayBuffer>;
}

/** Sent to the thread: an operation, or its end. */
export type ToThread = WaitRequest | "end";

/** How the operation ended. */
export interface WaitReply {
  readonly number: number;
  /** `gone`: given up before it was made. */
  readonly outcome: "made" | "gone" | { readonly syscall: string; readonly errno: number };
}

/** Sent; the thread has not begun. */
export const POSTED = 0;
/** The thread waits in the kernel. */
export const WAITING = 1;
/** The steps are made. */
export const MADE = 2;
/** The loop wants it no more. `MADE` may yet follow. */
export const GIVEN_UP = 3;
