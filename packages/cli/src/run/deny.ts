import { readlinkSync } from "node:fs";
import { resolve } from "node:path";
import { locateFile } from "@task-watchers/linux/locate-file";
import { decodeText, encodeText } from "@task-watchers/linux/text";
import { UsageError } from "../usage-error.ts";
import { globExpression } from "./glob.ts";

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

  /**
   * Whether the file is on the list, as it is called or as what it is a symbolic link to. A link on a file system that may keep us waiting, as
   * FUSE or NFS, is followed only if the kernel remembers it: the process behind that may be one that waits for us.
   *
   * @param path absolute
   */
  denies(path: string): boolean {
    if (this.#matches(path)) return true;
    const real = realPath(path);
    return real !== undefined && real !== path && this.#matches(real);
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
  const found = locateFile(encodeText(path));
  if (found === undefined || typeof found === "string") return undefined;
  try {
    return decodeText(readlinkSync(`/proc/self/fd/${found.number}`, "buffer"));
  } catch {
    return undefined;
  } finally {
    found.close();
  }
}
