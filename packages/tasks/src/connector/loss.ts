/** What was not delivered, and what is known of it. */
export interface Loss {
  /**
   * `overrun`: the receive queue was full. `deaf`: the kernel had stopped sending to this socket. `backlog`: a watcher
   * that did not keep up made us drop notifications.
   */
  readonly reason: "overrun" | "deaf" | "backlog";
  /** What was lost were notices (sid, ptrace, comm, coredump), nothing of a task's life. */
  readonly notices?: true;
  /** Events lost; null when it cannot be known. */
  readonly count: number | null;
  /** CLOCK_MONOTONIC, nanoseconds: the last time it was certain that nothing was missing. */
  readonly sinceNs: bigint;
  /** CLOCK_MONOTONIC, nanoseconds: when the loss was noticed. */
  readonly untilNs: bigint;
}

/**
 * Counts what the kernel sent and one socket did not get, from two independent numbers: the socket's drop counter, which
 * is exact, and the gaps in the per-CPU sequence, which also show events for which the kernel found no memory, but mean
 * nothing while an event mask is set (the counter runs for filtered events too) and show a loss only with the next event.
 */
export class LossCounter {
  readonly #last = new Map<number, number>();
  #gaps = 0;
  #dropsSeen = 0;
  #drops = 0;
  #reported = 0;

  /** Takes note of an event's sequence number on its CPU. Only to be called while no mask is set. */
  sequence(cpu: number, sequence: number): void {
    const last = this.#last.get(cpu);
    this.#last.set(cpu, sequence);
    if (last === undefined) return;
    // The number is 32 bits wide and wraps.
    const gap = (sequence - last - 1) >>> 0;
    // A number that goes back is no gap of four billion.
    if (gap < 0x8000_0000) this.#gaps += gap;
  }

  /** Takes note of the socket's drop counter, which wraps at 2^32. */
  drops(counter: number): void {
    this.#drops += (counter - this.#dropsSeen) >>> 0;
    this.#dropsSeen = counter;
  }

  /** Events dropped at the socket, all in all. */
  get dropped(): number {
    return this.#drops;
  }

  /** Events missing in the per-CPU sequences, all in all; 0 while masked. */
  get missing(): number {
    return this.#gaps;
  }

  /** All events known to be lost. */
  get total(): number {
    return Math.max(this.#drops, this.#gaps);
  }

  /** How many were lost since this was last asked. */
  take(): number {
    const fresh = this.total - this.#reported;
    this.#reported = this.total;
    return fresh;
  }
}
