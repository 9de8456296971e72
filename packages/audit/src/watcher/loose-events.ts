import type { ToldEvent } from "./told-event.ts";

/** Events kept for tasks that were not told of yet, and for how long. */
const MOST = 16_384;
const AGE_NS = 2_000_000_000n;

interface Loose {
  readonly tgid: number;
  readonly told: ToldEvent;
  readonly sinceNs: bigint;
}

/**
 * Events of no task that is known: records may come before the task's own `init`, and those of tasks that nobody watches
 * come too. The oldest go when there are too many, and any that is too old.
 */
export class LooseEvents {
  readonly #byTgid = new Map<number, Loose[]>();
  readonly #queue: Loose[] = [];
  #head = 0;
  #dropped = 0;

  /** Events that were of nobody's. */
  get dropped(): number {
    return this.#dropped;
  }

  add(tgid: number, told: ToldEvent, nowNs: bigint): void {
    const loose = { tgid, told, sinceNs: nowNs };
    const others = this.#byTgid.get(tgid);
    if (others === undefined) this.#byTgid.set(tgid, [loose]);
    else others.push(loose);
    this.#queue.push(loose);
    this.#trim(nowNs);
  }

  /** Takes those that are wanted, oldest first. */
  take(tgid: number, wants: (told: ToldEvent) => boolean): ToldEvent[] {
    const all = this.#byTgid.get(tgid);
    if (all === undefined) return [];
    const taken = all.filter(({ told }) => wants(told));
    const left = all.filter((loose) => !taken.includes(loose));
    if (left.length > 0) this.#byTgid.set(tgid, left);
    else this.#byTgid.delete(tgid);
    return taken.map(({ told }) => told);
  }

  /** Nobody will take those that are left. */
  close(): void {
    for (const list of this.#byTgid.values()) this.#dropped += list.length;
    this.#byTgid.clear();
    this.#queue.length = 0;
    this.#head = 0;
  }

  #trim(nowNs: bigint): void {
    for (;;) {
      const oldest = this.#queue[this.#head];
      if (oldest === undefined) break;
      const isYoung = nowNs - oldest.sinceNs <= AGE_NS;
      if (isYoung && this.#queue.length - this.#head <= MOST) break;
      this.#head++;
      this.#drop(oldest);
    }
    if (this.#head <= MOST) return;
    this.#queue.splice(0, this.#head);
    this.#head = 0;
  }

  /** It may have been taken meanwhile. */
  #drop(loose: Loose): void {
    const all = this.#byTgid.get(loose.tgid);
    const at = all?.indexOf(loose) ?? -1;
    if (all === undefined || at < 0) return;
    all.splice(at, 1);
    if (all.length === 0) this.#byTgid.delete(loose.tgid);
    this.#dropped++;
  }
}
