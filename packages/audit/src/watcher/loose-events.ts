import { Fifo } from "./fifo.ts";
import type { ToldEvent } from "./told-event.ts";

/** Events kept for tasks that were not told of yet, what they take, and for how long. */
const MOST = 16_384;
const MOST_BYTES = 16 * 1024 * 1024;
const AGE_NS = 2_000_000_000n;

interface Loose {
  readonly tgid: number;
  readonly sinceNs: bigint;
  readonly bytes: number;
  /** Undefined once it was taken. */
  told: ToldEvent | undefined;
}

/**
 * Events of no task that is known: records may come before the task's own `init`, and those of tasks that nobody watches
 * come too. The oldest go when there are too many, and any that is too old.
 */
export class LooseEvents {
  readonly #byTgid = new Map<number, Loose[]>();
  readonly #queue = new Fifo<Loose>();
  #bytes = 0;
  #dropped = 0;
  #crowdedOut = 0;

  /** Events that were of nobody's: none came to take them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Events that had to go before their time: somebody might have come. */
  get crowdedOut(): number {
    return this.#crowdedOut;
  }

  /** Memory of those that are kept, bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  add(tgid: number, told: ToldEvent, nowNs: bigint): void {
    const loose: Loose = { tgid, told, sinceNs: nowNs, bytes: told.recordBytes };
    const others = this.#byTgid.get(tgid);
    if (others === undefined) this.#byTgid.set(tgid, [loose]);
    else others.push(loose);
    this.#queue.push(loose);
    this.#bytes += loose.bytes;
    this.trim(nowNs);
  }

  /** Takes those that are wanted, oldest first. */
  take(tgid: number, wants: (told: ToldEvent) => boolean): ToldEvent[] {
    const taken: ToldEvent[] = [];
    const left: Loose[] = [];
    for (const loose of this.#byTgid.get(tgid) ?? []) {
      const { told } = loose;
      if (told === undefined || !wants(told)) {
        left.push(loose);
        continue;
      }
      taken.push(told);
      this.#letGo(loose);
    }
    if (left.length > 0) this.#byTgid.set(tgid, left);
    else this.#byTgid.delete(tgid);
    return taken;
  }

  /** Drops what is too old, and what is too much. */
  trim(nowNs: bigint): void {
    for (;;) {
      const { oldest } = this.#queue;
      if (oldest === undefined) return;
      const isOld = nowNs - oldest.sinceNs > AGE_NS;
      const isTooMuch = this.#queue.size > MOST || this.#bytes > MOST_BYTES;
      // A slot whose event was taken is only in the way.
      if (oldest.told !== undefined && !isOld && !isTooMuch) return;
      this.#queue.shift();
      if (oldest.told === undefined) continue;
      if (isOld) this.#dropped++;
      else this.#crowdedOut++;
      this.#letGo(oldest);
      this.#forget(oldest);
    }
  }

  /** Nobody will take those that are left. */
  close(): void {
    for (let loose = this.#queue.shift(); loose; loose = this.#queue.shift()) {
      if (loose.told === undefined) continue;
      this.#dropped++;
      this.#letGo(loose);
    }
    this.#byTgid.clear();
  }

  #letGo(loose: Loose): void {
    loose.told = undefined;
    this.#bytes -= loose.bytes;
  }

  /** The oldest of all is the oldest of its process. */
  #forget({ tgid }: Loose): void {
    const all = this.#byTgid.get(tgid);
    all?.shift();
    if (all?.length === 0) this.#byTgid.delete(tgid);
  }
}
