import { resolve } from "node:path";
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

  /** Whether the file is on the list as it is called. @param path absolute */
  matches(path: string): boolean {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return (
      this.#names.some((expression) => expression.test(name)) ||
      this.#paths.some((expression) => expression.test(path))
    );
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
}
