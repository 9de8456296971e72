/** What the program and the thread that starts its commands tell each other. @module */

/** Handed to the thread when it starts. */
export interface ThreadData {
  /** Two words, below. */
  readonly shared: Int32Array<SharedArrayBuffer>;
  /** struct sock_filter after struct sock_filter. */
  readonly filter: Uint8Array;
}

/** Not 0 while the thread is in native code that must not be cut short: loading, or in a spawn whose exec we must answer. */
export const BUSY = 0;
/** Not 0 once the program ends: the thread then keeps out of native code. */
export const CLOSING = 1;

/** The first the thread says. */
export type Begun =
  | {
      readonly type: "begun";
      readonly listener: number;
      readonly waitsKillable: boolean;
      /** Whether it had to give up set-user-ID programs for it. */
      readonly losesSetuid: boolean;
      /** Of gettid(2). */
      readonly threadId: number;
    }
  | { readonly type: "refused"; readonly code: string; readonly message: string };

/** A command to start. */
export interface SpawnRequest {
  readonly type: "spawn";
  readonly number: number;
  readonly file: string;
  readonly args: readonly string[];
  readonly options: ThreadSpawnOptions;
}

/** As child_process.spawn takes them. */
export interface ThreadSpawnOptions {
  readonly stdio: Array<number | "ignore">;
  readonly env: NodeJS.ProcessEnv;
  /** Whether the process's environment is passed on byte for byte: `env` is that as text. */
  readonly inheritsEnv: boolean;
  readonly cwd?: string;
  readonly argv0?: string;
  readonly detached?: boolean;
  readonly uid?: number;
  readonly gid?: number;
}

/** Sent to the thread. */
export type ToThread =
  | SpawnRequest
  | { readonly type: "kill"; readonly number: number; readonly signal: NodeJS.Signals | number }
  | { readonly type: "end" };

/** An error's own properties, which do not survive the way between threads by themselves. */
export interface SpawnFailure {
  readonly message: string;
  readonly code?: string;
  readonly errno?: number;
  readonly syscall?: string;
  readonly path?: string;
}

/** Sent by the thread. */
export type FromThread =
  | Begun
  | { readonly type: "started"; readonly number: number; readonly pid: number }
  | { readonly type: "failed"; readonly number: number; readonly failure: SpawnFailure }
  | {
      readonly type: "ended";
      readonly number: number;
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
    };
