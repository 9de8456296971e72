import { ChildProcess } from "node:child_process";

/** How to start a child, as node:child_process takes it. */
export interface InheritingSpawnOptions {
  /** Descriptors of ours that become its 0, 1, 2 and so on, or `"ignore"`. */
  readonly stdio: ReadonlyArray<number | "ignore">;
  /** Our environment as text: what the child gets should a Node.js not leave the environment alone. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What it is told as its own name (default the file). */
  readonly argv0?: string;
  readonly detached?: boolean;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * As `spawn` of node:child_process, with the environment of this process byte for byte. `spawn` makes text of every value, and
 * one that is not UTF-8 (`PWD` in a directory of such a name) reaches the child as another. What workers keep in a
 * `process.env` of their own is not in it.
 */
export function spawnInheriting(
  file: string,
  args: readonly string[],
  options: InheritingSpawnOptions,
): ChildProcess {
  const { argv0 = file, env, ...others } = options;
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  // A list that is none to V8 has Node.js pass no environment on, and libuv then leaves ours in place (src/process_wrap.cc,
  // deps/uv/src/unix/process.c).
  const envPairs = new Proxy(pairs, {});
  const child = Reflect.construct(ChildProcess, []) as StartableChild;
  child.spawn({ ...others, file, args: [argv0, ...args], envPairs });
  return child;
}

/** Whether every variable is what the text of it says: a byte that is not UTF-8 reads as U+FFFD. */
export function isTextEnvironment(env: NodeJS.ProcessEnv): boolean {
  return !Object.entries(env).some(([name, value]) => `${name}${value}`.includes("\ufffd"));
}

/** The part of the class that @types/node leaves out. */
type StartableChild = ChildProcess & {
  spawn(options: Omit<InheritingSpawnOptions, "env"> & Record<string, unknown>): void;
};
