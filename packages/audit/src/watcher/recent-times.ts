/** More than there are threads of one process in the midst of an exec. */
const MOST = 1024;

/** Times at which something was, the last thousand of them. */
export class RecentTimes {
  readonly #times = new Set<bigint>();

  add(timeNs: bigint): void {
    this.#times.add(timeNs);
    if (this.#times.size <= MOST) return;
    for (const oldest of this.#times) {
      this.#times.delete(oldest);
      return;
    }
  }

  /** Whether it is there; then it is no more. */
  take(timeNs: bigint): boolean {
    return this.#times.delete(timeNs);
  }
}
