/** What a bounded queue needs to know of its items. */
export interface BoundedQueueOptions<T> {
  /** Most items that wait. */
  readonly limit: number;
  /** Whether an item is to be dropped last: a quarter of the room is kept for those. */
  readonly isPrecious: (item: T) => boolean;
  /**
   * What stands in the queue for dropped items.
   *
   * @param dropped the item dropped now, after those that `before` stands for
   */
  readonly lost: (dropped: T, before: T | undefined) => T;
}

/** Slots at first; doubled when they are full. */
const FIRST_ROOM = 64;

/**
 * First in, first out, with an end to its patience: when it is full, items are dropped and counted, never reordered. One
 * marker stands where the dropped items would have stood; those that are dropped later join it, until there is room again
 * or it was read. Every operation takes the same time, however full the queue is.
 */
export class BoundedQueue<T> {
  readonly #options: BoundedQueueOptions<T>;
  /** Room for items that are not precious. */
  readonly #commonRoom: number;
  /** A ring; its length is a power of two. */
  #slots: (T | undefined)[] = Array.from<T | undefined>({ length: FIRST_ROOM });
  #head = 0;
  #length = 0;
  /** Distance of the marker that still grows from the first item ever queued; -1 while none does. */
  #marker = -1;
  /** Items taken out ever. */
  #taken = 0;
  #dropped = 0;

  /** @throws RangeError when the limit is no positive integer */
  constructor(options: BoundedQueueOptions<T>) {
    checkQueueLimit(options.limit);
    this.#options = options;
    this.#commonRoom = options.limit - Math.floor(options.limit / 4);
  }

  /** Items waiting, markers included. */
  get length(): number {
    return this.#length;
  }

  /** Items dropped ever. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes an item in, or drops it; whether it was taken. */
  push(item: T): boolean {
    const { limit, isPrecious } = this.#options;
    if (this.#length < this.#commonRoom) {
      this.#marker = -1;
    } else if (this.#length >= limit || !isPrecious(item)) {
      this.#drop(item);
      return false;
    }
    this.#append(item);
    return true;
  }

  /** The oldest item, or undefined when there is none. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#length--;
    if (this.#marker === this.#taken++) this.#marker = -1;
    return item;
  }

  /** Lets everything go; returns how many that were. */
  clear(): number {
    const length = this.#length;
    this.#slots = Array.from<T | undefined>({ length: FIRST_ROOM });
    this.#head = 0;
    this.#length = 0;
    this.#taken += length;
    this.#marker = -1;
    return length;
  }

  #drop(item: T): void {
    this.#dropped++;
    if (this.#marker < 0) {
      this.#marker = this.#taken + this.#length;
      this.#append(this.#options.lost(item, undefined));
      return;
    }
    const at = (this.#head + this.#marker - this.#taken) & (this.#slots.length - 1);
    this.#slots[at] = this.#options.lost(item, this.#slots[at]);
  }

  #append(item: T): void {
    if (this.#length === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#length++) & (this.#slots.length - 1)] = item;
  }

  #grow(): void {
    const slots = this.#slots;
    const inOrder = [...slots.slice(this.#head), ...slots.slice(0, this.#head)];
    this.#slots = inOrder.concat(Array.from<T | undefined>({ length: slots.length }));
    this.#head = 0;
  }
}

/** @throws RangeError when the value is no limit of a queue */
export function checkQueueLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 1) return;
  throw new RangeError(`queueLimit must be a whole number from 1 on, got ${limit}`);
}
