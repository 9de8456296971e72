import { monotonicNs } from "@task-watchers/linux/clock";

/** How long a program is taken to be still there. */
const VALID_NS = 500_000_000n;
/** Programs remembered. */
const REMEMBERED = 1024;

/** Absolute paths of programs that were there when they were looked for: a build starts the same few hundreds of times a second. */
export class FoundPrograms {
  readonly #until = new Map<string, bigint>();

  has(path: string): boolean {
    const until = this.#until.get(path);
    return until !== undefined && monotonicNs() < until;
  }

  add(path: string): void {
    if (this.#until.size >= REMEMBERED) this.#until.clear();
    this.#until.set(path, monotonicNs() + VALID_NS);
  }
}
