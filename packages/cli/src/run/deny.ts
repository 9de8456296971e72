import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { type ExecEvent, notifierFromErrno, type TaskWatcher } from "@task-watchers/chain";
import { encodeText } from "@task-watchers/linux";
import { UsageError } from "../usage-error.ts";
import { globExpression } from "./glob.ts";

/** EACCES, include/uapi/asm-generic/errno-base.h. */
const EACCES = 13;

/** Commands that must not be run. */
export class DenyList {
  readonly #names: RegExp[] = [];
  readonly #paths: RegExp[] = [];

  /**
   * @param patterns with a slash for the whole path, made absolute; without one for the file's name
   * @throws UsageError when one is no pattern
   */
  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) this.#add(pattern);
  }

  get isEmpty(): boolean {
    return this.#names.length + this.#paths.length === 0;
  }

  /** Whether the file is on the list, as it is called or as what it is a symbolic link to. @param path absolute */
  denies(path: string): boolean {
    if (this.#matches(path)) return true;
    const real = realPath(path);
    return real !== undefined && real !== path && this.#matches(real);
  }

  /** Refuses them with EACCES, once everybody who only keeps record has been told. */
  watcher(): TaskWatcher {
    return {
      name: "deny",
      priority: Number.MAX_SAFE_INTEGER - 1,
      exec: ({ stopped, exe }: ExecEvent) =>
        stopped === true && typeof exe === "string" && this.denies(exe)
          ? notifierFromErrno(-EACCES)
          : undefined,
    };
  }

  #add(pattern: string): void {
    if (pattern === "") throw new UsageError('--deny needs a pattern, got ""');
    const isPath = pattern.includes("/");
    const isWhole = pattern.startsWith("/") || pattern.startsWith("**");
    try {
      const expression = globExpression(isPath && !isWhole ? resolve(pattern) : pattern);
      (isPath ? this.#paths : this.#names).push(expression);
    } catch {
      throw new UsageError(
        `--deny must be a pattern such as curl or "/usr/bin/*", got "${pattern}"`,
      );
    }
  }

  #matches(path: string): boolean {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return (
      this.#names.some((expression) => expression.test(name)) ||
      this.#paths.some((expression) => expression.test(path))
    );
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(Buffer.from(encodeText(path))).toString();
  } catch {
    return undefined;
  }
}
