import { isMainThread } from "node:worker_threads";
import { isTextEnvironment } from "@task-watchers/linux/spawn-inheriting";
import type { ThreadSpawnOptions } from "./thread/protocol.ts";

/** How to start a command. */
export interface ExecSpawnOptions {
  /** Descriptors of ours that become its 0, 1, 2 and so on, or `"ignore"` (default 0, 1, 2). */
  readonly stdio?: ReadonlyArray<number | "ignore">;
  /** Its whole environment (default ours, byte for byte). */
  readonly env?: NodeJS.ProcessEnv;
  /** Its working directory (default ours). */
  readonly cwd?: string;
  /** What it is told as its own name (default the file). */
  readonly argv0?: string;
  /** Whether it leads a new session, without our terminal (default false). */
  readonly detached?: boolean;
  readonly uid?: number;
  readonly gid?: number;
}

/** @throws TypeError that names what is wrong, before anything is started */
export function checkSpawn(
  file: string,
  args: readonly string[],
  options: ExecSpawnOptions,
): ThreadSpawnOptions {
  const { stdio = [0, 1, 2], env = process.env, cwd } = options;
  const { argv0, detached, uid, gid } = options;
  requireText("file", file);
  if (file === "") throw new TypeError("file must not be empty");
  for (const [i, argument] of args.entries()) requireText(`args[${i}]`, argument);
  for (const [name, value] of Object.entries(options.env ?? {})) {
    if (value !== undefined) requireText(`env.${name}`, value);
  }
  if (cwd !== undefined) requireText("cwd", cwd);
  if (argv0 !== undefined) requireText("argv0", argv0);
  for (const [i, stream] of stdio.entries()) {
    if (stream === "ignore" || (Number.isInteger(stream) && Number(stream) >= 0)) continue;
    throw new TypeError(
      `stdio[${i}] must be a descriptor or "ignore", got ${JSON.stringify(stream)}`,
    );
  }
  return {
    stdio: [...stdio],
    env: { ...env },
    // A worker's process.env is its own, and no part of the process's environment.
    inheritsEnv: options.env === undefined && isMainThread && !isTextEnvironment(env),
    // Ours is left to be inherited: it may have been removed, or have a name that is not UTF-8.
    ...(cwd !== undefined && { cwd }),
    ...(argv0 !== undefined && { argv0 }),
    ...(detached !== undefined && { detached }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  };
}

function requireText(name: string, value: unknown): void {
  if (typeof value !== "string") {
    throw new TypeError(`${name} must be a string, got ${typeof value}`);
  }
  if (value.includes("\0")) {
    throw new TypeError(`${name} must not hold a NUL: ${JSON.stringify(value)}`);
  }
  if (/\p{Surrogate}/u.test(value)) {
    throw new TypeError(
      `${name} must be text that UTF-8 can hold, got ${JSON.stringify(value)}: Node.js would pass another on`,
    );
  }
}
