import type { ExecFacts } from "./exec-facts.ts";

/** What was read of an exec before its event came. */
export interface Foretold {
  readonly tgid: number;
  /** When the exec happened: with the process, this tells which one it is. */
  readonly timeNs: bigint;
  /** When all was read: whatever the process had run by then is what was seen. */
  readonly readNs: bigint;
  /** Whether the process was known as watched then; its event says so of the others. */
  readonly isWatched: boolean;
  readonly facts: ExecFacts;
}

/** Most that are kept: their events follow within the turn, unless they are lost. */
const LIMIT = 512;
/** Looks in vain, one after the other, after which only some more are taken. */
const VAIN = 16;
/** One in so many: it tells when that has changed. */
const SAMPLED = 32;

/**
 * Execs whose facts were read ahead of their events. An array, since nearly always the one that is asked for is the first.
 */
export class ForetoldFacts {
  #kept: Foretold[] = [];
  /** How many were there when the turn before this ended. */
  #old = 0;
  /** Execs of unknown processes that were no watched task's, since one was. */
  #vain = 0;
  #passed = 0;

  /**
   * Whether to look at one more exec of a process that nobody knows yet: its fork may stand in the queue, or it is of no task that is watched.
   * Those of other people's builds are not worth a tenth of a millisecond each.
   */
  admitsUnknown(): boolean {
    return this.#vain < VAIN || ++this.#passed % SAMPLED === 0;
  }

  /** Takes it in, if there is room. */
  put(exec: Foretold): void {
    if (this.#kept.length < LIMIT) this.#kept.push(exec);
  }

  /**
   * The facts of the exec whose event has come; undefined when they were not read. `"replaced"` when nobody can have them any more:
   * when they were read, or now, the process runs another program.
   */
  take(tgid: number, timeNs: bigint): ExecFacts | "replaced" | undefined {
    if (this.#kept.length === 0) return undefined;
    let taken: Foretold | undefined;
    let next: Foretold | undefined;
    for (const exec of this.#kept) {
      if (exec.tgid !== tgid) continue;
      if (exec.timeNs === timeNs) taken = exec;
      else if (exec.timeNs > timeNs && (next === undefined || exec.timeNs < next.timeNs))
        next = exec;
    }
    if (taken !== undefined) {
      this.#remove(taken);
      if (!taken.isWatched) this.#vain = 0;
    }
    if (next !== undefined && (taken === undefined || taken.readNs >= next.timeNs))
      return "replaced";
    return taken?.facts;
  }

  /** The exec is no task's that is watched. */
  drop(tgid: number, timeNs: bigint): void {
    const exec = this.#kept.find((kept) => kept.tgid === tgid && kept.timeNs === timeNs);
    if (exec === undefined) return;
    this.#remove(exec);
    this.#vain++;
  }

  /** All that had come was told. What was there at the last of these calls too has no event to come. */
  newTurn(): void {
    if (this.#old > 0) this.#kept.splice(0, this.#old);
    this.#old = this.#kept.length;
  }

  #remove(exec: Foretold): void {
    const at = this.#kept.indexOf(exec);
    this.#kept.splice(at, 1);
    if (at < this.#old) this.#old--;
  }
}
