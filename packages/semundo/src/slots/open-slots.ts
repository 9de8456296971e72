import { SemaphoreError } from "../set/semaphore-error.ts";
import type { Hold, OperateOptions, SemaphoreSet } from "../set/types.ts";
import { codeOf } from "../undo/give-back.ts";
import type { HolderTarget } from "../undo/holder-target.ts";
import type { UndoHolder } from "../undo/undo-holder.ts";
import { semundo } from "../undo/shared.ts";
import { checkName, checkOptions, type SlotsOptions } from "./arguments.ts";
import { type SlotsListing, statusOf } from "./list-slots.ts";
import { FREE, openNamed, removeNamed } from "./named-set.ts";
import { Place } from "./place.ts";
import { HeldSlot, type Slot } from "./slot.ts";
import { SlotHolders } from "./slot-holders.ts";

/** How a slot is waited for. */
export type SlotOptions = Omit<OperateOptions, "undo">;

/** The slots of a name, shared by every process of the host that uses it. */
export interface Slots extends AsyncDisposable {
  readonly name: string;
  /** How many there are. */
  readonly count: number;
  /**
   * Takes a slot for this process, waiting for it. The kernel gives it back when this process ends, however it dies, and not
   * before: also not when the process goes on as another program (execve).
   *
   * @throws (rejects) SemaphoreError `ETIMEDOUT`; AbortError
   */
  acquire(options?: SlotOptions): Promise<Slot>;
  /** Takes a slot if one is free. */
  tryAcquire(): Promise<Slot | undefined>;
  /** Takes a slot for as long as the holder lives, which need not know of it. @throws (rejects) also `ESRCH` */
  acquireFor(holder: HolderTarget, options?: SlotOptions): Promise<Slot>;
  /**
   * Waits for a slot, then has the function start what is to hold it, mostly a child process, and lets it have the slot for its
   * life. A child's `error` event is the function's to listen to.
   *
   * @throws (rejects) also what the function throws, and `ESRCH` when what it gave has ended; no slot is then held
   */
  start<T extends HolderTarget>(begin: () => T, options?: SlotOptions): Promise<T>;
  /** Holds a slot while the function runs. */
  run<T>(body: () => T | Promise<T>, options?: SlotOptions): Promise<T>;
  /** Who holds what, now. */
  status(): Promise<SlotsListing>;
  /** Ends the name, its semaphores and records. @throws (rejects) SemaphoreError `EBUSY` while a slot is held */
  remove(): Promise<void>;
  /** Gives up waits of this object with `ECANCELED`, and ends the name if nobody holds a slot. Slots held stay so. */
  close(): Promise<void>;
}

const [EBUSY, ECANCELED] = [16, 125];

/**
 * Opens the slots of a name, or makes them.
 *
 * @throws TypeError, RangeError on a bad name or option; SlotsCountError when they are held and another number;
 *   SemaphoreError `EACCES` when others could have tampered with the directory, or the semaphores are another user's
 */
export async function slots(name: string, options: SlotsOptions): Promise<Slots> {
  checkName(name);
  checkOptions(options);
  const opened = new NamedSlots(name, options);
  await opened.reopen();
  return opened;
}

class NamedSlots implements Slots {
  readonly name: string;
  readonly count: number;
  readonly #mode: number;
  readonly #place: Place;
  readonly #holders: SlotHolders;
  #set: SemaphoreSet | undefined;
  #closed = false;

  constructor(name: string, { count, mode = 0o600, directory }: SlotsOptions) {
    this.name = name;
    this.count = count;
    this.#mode = mode;
    this.#place = new Place(directory, mode);
    this.#holders = new SlotHolders(this.#place.files, this.#place.of(name));
  }

  /** Opens the set, or makes it: at first, and when somebody removed it. */
  async reopen(): Promise<SemaphoreSet> {
    this.#checkOpen();
    await this.#set?.close();
    const options = { count: this.count, mode: this.#mode };
    const set = await this.#place.locked(() => openNamed(this.#place, this.name, options));
    this.#set = set;
    return set;
  }

  async acquire(options: SlotOptions = {}): Promise<Slot> {
    const take = async (set: SemaphoreSet, left: SlotOptions): Promise<Hold> =>
      await set.acquire(FREE, 1, left);
    const hold = await this.#taken(take, options);
    return this.#slot(hold, process.pid, () => this.#holders.add(undefined));
  }

  async tryAcquire(): Promise<Slot | undefined> {
    const hold = await this.#taken((set) => set.tryAcquire(FREE), {});
    return hold && this.#slot(hold, process.pid, () => this.#holders.add(undefined));
  }

  async acquireFor(target: HolderTarget, options: SlotOptions = {}): Promise<Slot> {
    const holder = semundo.ledger.holder(target);
    const hold = await this.#takenFor(holder, options);
    return this.#slotFor(hold, holder);
  }

  async start<T extends HolderTarget>(begin: () => T, options: SlotOptions = {}): Promise<T> {
    using scope = semundo.ledger.scope();
    const own = await this.#takenFor(scope, options);
    const started = begin();
    const hold = semundo.ledger.move(own, started);
    this.#slotFor(hold, semundo.ledger.holder(started));
    return started;
  }

  async run<T>(body: () => T | Promise<T>, options: SlotOptions = {}): Promise<T> {
    const slot = await this.acquire(options);
    try {
      return await body();
    } finally {
      slot[Symbol.dispose]();
    }
  }

  async #takenFor(holder: UndoHolder, options: SlotOptions): Promise<Hold> {
    return await this.#taken(async (set, left) => await holder.acquire(set, FREE, left), options);
  }

  #slotFor(hold: Hold, { process: identity }: UndoHolder): Slot {
    return this.#slot(hold, identity?.pid ?? process.pid, () => {
      const takeOff = this.#holders.add(identity);
      // When the holder ends, its record goes with its slot.
      const stop = semundo.ledger.onUndo(() => {
        if (hold.released) takeOffOnce();
      });
      const takeOffOnce = (): void => {
        stop();
        takeOff();
      };
      // It may have ended before there was a record.
      if (hold.released) takeOffOnce();
      return takeOffOnce;
    });
  }

  async status(): Promise<SlotsListing> {
    return statusOf(this.name, await this.#open(), this.#holders);
  }

  async remove(): Promise<void> {
    const removed = await this.#place.locked(() => removeNamed(this.#place, this.name));
    if (removed) return;
    throw new SemaphoreError("semctl", EBUSY, {
      hint: `somebody holds one of the slots "${this.name}"; wait for them to end`,
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#set?.close();
    await this.#place.locked(() => removeNamed(this.#place, this.name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #open(): Promise<SemaphoreSet> {
    this.#checkOpen();
    return this.#set ?? (await this.reopen());
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new SemaphoreError("semop", ECANCELED, { hint: `slots "${this.name}" were closed` });
  }

  /** A set that nobody used may have been removed since we opened it: then once more, with the time that is left. */
  async #taken<T>(
    take: (set: SemaphoreSet, options: SlotOptions) => T | Promise<T>,
    options: SlotOptions,
  ): Promise<T> {
    const { timeoutMs } = options;
    const end = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
    let set = await this.#open();
    for (;;) {
      const left = end === undefined ? {} : { timeoutMs: Math.max(0, end - performance.now()) };
      try {
        return await take(set, { ...options, ...left });
      } catch (error) {
        if (this.#closed || !["EIDRM", "EINVAL", "ECANCELED"].includes(codeOf(error) ?? ""))
          throw error;
        // Another wait of ours may have opened it anew already.
        const now = await this.#open();
        set = now === set ? await this.reopen() : now;
      }
    }
  }

  /** The slot is held; what tells of it is made, or it goes back. */
  #slot(hold: Hold, pid: number, tell: () => () => void): Slot {
    try {
      return new HeldSlot(pid, hold, tell());
    } catch (error) {
      hold[Symbol.dispose]();
      throw error;
    }
  }
}
