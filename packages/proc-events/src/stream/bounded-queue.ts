/** What a bounded queue needs to know of its items. */
export interface BoundedQueueOptions<T> {
  /** Most items that wait. */
  readonly limit: number;
  /** Most weight that waits (default: any). */
  readonly maxWeight?: number;
  /** Weight of an item, always the same (default 0). */
  readonly weigh?: (item: T) => number;
  /** Whether an item is to be dropped last: a quarter of the room is kept for those. */
  readonly isPrecious: (item: T) => boolean;
  /** Whether an item tells of a loss itself. */
  readonly isLoss: (item: T) => boolean;
  /** Why an item is lost when it is dropped, or what a loss says. There must be few reasons. */
  readonly reasonOf: (item: T) => string;
  /**
   * What stands in the queue for items of one reason that there was no room for.
   *
   * @param item the item that has no room now, after those that `before` stands for
   */
  readonly lost: (item: T, before: T | undefined) => T;
}

/** What stands in the place of items that there was no room for: one marker for each reason. */
class Markers<T> {
  readonly byReason = new Map<string, T>();
}

/** Slots at first; doubled when they are full. */
const FIRST_ROOM = 64;

/**
 * First in, first out, with an end to its patience: when it is full, items are dropped and counted, never reordered. Markers
 * stand where the dropped items would have stood; those that are dropped later join them, until there is room again or they
 * were read. Losses that find no room are not dropped: they join those of their own reason. Every operation takes the same
 * time, however full the queue is.
 */
export class BoundedQueue<T> {
  readonly #options: BoundedQueueOptions<T>;
  /** Room and weight for items that are not precious. */
  readonly #commonRoom: number;
  readonly #commonWeight: number;
  readonly #maxWeight: number;
  /** A ring; its length is a power of two. */
  #slots: (T | Markers<T> | undefined)[] = emptySlots<T>(FIRST_ROOM);
  #head = 0;
  /** Slots in use. */
  #used = 0;
  /** Markers that share a slot with another. */
  #shared = 0;
  #weight = 0;
  /** Markers that still grow. */
  #growing: Markers<T> | undefined;
  #dropped = 0;

  /** @throws RangeError when the limit is no positive integer */
  constructor(options: BoundedQueueOptions<T>) {
    const { limit, maxWeight = Number.POSITIVE_INFINITY } = options;
    checkQueueLimit(limit);
    this.#options = options;
    this.#maxWeight = maxWeight;
    this.#commonRoom = limit - Math.floor(limit / 4);
    this.#commonWeight = (maxWeight / 4) * 3;
  }

  /** Items waiting, markers included. */
  get length(): number {
    return this.#used + this.#shared;
  }

  /** Items dropped ever, losses not among them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes an item in, or drops it. */
  push(item: T): void {
    const { limit, isPrecious, weigh } = this.#options;
    const weight = this.#weight + (weigh?.(item) ?? 0);
    if (this.#used < this.#commonRoom && weight <= this.#commonWeight) {
      this.#growing = undefined;
    } else if (this.#used >= limit || weight > this.#maxWeight || !isPrecious(item)) {
      this.#drop(item);
      return;
    }
    this.#weight = weight;
    this.#append(item);
  }

  /** The oldest item, or undefined when there is none. */
  shift(): T | undefined {
    if (this.#used === 0) return undefined;
    const slot = this.#slots[this.#head];
    if (slot instanceof Markers) return this.#shiftMarker(slot);
    this.#free();
    if (slot !== undefined) this.#weight -= this.#options.weigh?.(slot) ?? 0;
    return slot;
  }

  /** Lets everything go; returns how many that were. */
  clear(): number {
    const { length } = this;
    this.#slots = emptySlots<T>(FIRST_ROOM);
    this.#head = 0;
    this.#used = 0;
    this.#shared = 0;
    this.#weight = 0;
    this.#growing = undefined;
    return length;
  }

  #shiftMarker(markers: Markers<T>): T | undefined {
    // What is dropped from now on stands behind what waits, or a reader would get no further than this.
    if (markers === this.#growing) this.#growing = undefined;
    const [[reason, marker] = ["", undefined]] = markers.byReason;
    markers.byReason.delete(reason);
    if (markers.byReason.size === 0) this.#free();
    else this.#shared--;
    return marker;
  }

  #drop(item: T): void {
    const { isLoss, reasonOf, lost } = this.#options;
    const reason = reasonOf(item);
    if (!isLoss(item)) this.#dropped++;
    if (this.#growing === undefined) {
      this.#growing = new Markers();
      this.#append(this.#growing);
    } else if (!this.#growing.byReason.has(reason)) {
      this.#shared++;
    }
    const { byReason } = this.#growing;
    byReason.set(reason, lost(item, byReason.get(reason)));
  }

  #append(item: T | Markers<T>): void {
    if (this.#used === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#used++) & (this.#slots.length - 1)] = item;
  }

  #free(): void {
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#used--;
  }

  #grow(): void {
    const slots = this.#slots;
    const inOrder = [...slots.slice(this.#head), ...slots.slice(0, this.#head)];
    this.#slots = inOrder.concat(emptySlots<T>(slots.length));
    this.#head = 0;
  }
}

function emptySlots<T>(length: number): (T | Markers<T> | undefined)[] {
  return Array.from<T | undefined>({ length });
}

/** @throws RangeError when the value is no limit of a queue */
export function checkQueueLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 1) return;
  throw new RangeError(`queueLimit must be a whole number from 1 on, got ${limit}`);
}
