/** How many are remembered. */
const KEPT = 64;

/** The latest children of our own process that nobody wanted when they were forked: one may turn out to be the command. */
export class OwnForks {
  readonly #times = new Map<number, bigint>();

  put(pid: number, timeNs: bigint): void {
    this.#times.delete(pid);
    this.#times.set(pid, timeNs);
    if (this.#times.size <= KEPT) return;
    for (const oldest of this.#times.keys()) {
      this.#times.delete(oldest);
      return;
    }
  }

  /** When it was forked; then it is forgotten. */
  take(pid: number): bigint | undefined {
    const timeNs = this.#times.get(pid);
    this.#times.delete(pid);
    return timeNs;
  }
}
