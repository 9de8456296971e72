import { ChildProcess } from "node:child_process";
import { SemaphoreError } from "../set/semaphore-error.ts";
import type { Hold, OperateOptions, SemaphoreSet } from "../set/types.ts";
import { codeOf } from "../undo/give-back.ts";
import type { HolderTarget } from "../undo/holder-target.ts";
import type { UndoHolder } from "../undo/undo-holder.ts";
import { semundo } from "../undo/shared.ts";
import { checkName, checkOptions, type SlotsOptions } from "./arguments.ts";
import { CurrentSet } from "./current-set.ts";
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
   * life. A child's `error` event is the function's to listen to. A child so short that it has ended already has had its slot,
   * and is returned like any other.
   *
   * @throws (rejects) also what the function throws, and `ESRCH` when what it gave is a child that could not be started, or
   *   anything else that has ended; no slot is then held
   */
  start<T extends HolderTarget>(begin: () => T, options?: SlotOptions): Promise<T>;
  /** Holds a slot while the function runs. */
  run<T>(body: () => T | Promise<T>, options?: SlotOptions): Promise<T>;
  /** Who holds what, now. Opens the name anew when somebody has removed it. */
  status(): Promise<SlotsListing>;
  /** Ends the name, its semaphores and records. @throws (rejects) SemaphoreError `EBUSY` while a slot is held */
  remove(): Promise<void>;
  /** Gives up waits of this object with `ECANCELED`, and ends the name if nobody holds a slot. Slots held stay so. */
  close(): Promise<void>;
}

const EBUSY = 16;

/**
 * Opens the slots of a name, or makes them.
 *
 * @throws TypeError, RangeError on a bad name or option; SlotsCountError when they are held and another number;
 *   SemaphoreError `EACCES` when others could have tampered with the directory, or the semaphores are another user's, `EINVAL`
 *   when its lock file is none, `ETIMEDOUT` when another keeps that lock
 */
export async function slots(name: string, options: SlotsOptions): Promise<Slots> {
  checkName(name);
  checkOptions(options);
  const opened = new NamedSlots(name, options);
  await opened.open();
  return opened;
}

class NamedSlots implements Slots {
  readonly name: string;
  readonly count: number;
  readonly #place: Place;
  readonly #holders: SlotHolders;
  readonly #set: CurrentSet<SemaphoreSet>;
  #closing: Promise<void> | undefined;

  constructor(name: string, { count, mode = 0o600, directory }: SlotsOptions) {
    this.name = name;
    this.count = count;
    const place = new Place(directory, mode);
    this.#place = place;
    this.#holders = new SlotHolders(place.files, place.of(name));
    this.#set = new CurrentSet(name, () =>
      place.locked(() => openNamed(place, name, { count, mode })),
    );
  }

  async open(): Promise<void> {
    await this.#set.open();
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
    try {
      const hold = semundo.ledger.move(own, started);
      this.#slotFor(hold, holderOf(started, hold));
    } catch (error) {
      if (codeOf(error) !== "ESRCH" || !hasBegun(started)) throw error;
    }
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
    return await this.#set.use((set) => statusOf(this.name, set, this.#holders));
  }

  async remove(): Promise<void> {
    const removed = await this.#place.locked(() => removeNamed(this.#place, this.name));
    if (removed) return;
    throw new SemaphoreError("semctl", EBUSY, {
      hint: `somebody holds one of the slots "${this.name}"; wait for them to end`,
    });
  }

  async close(): Promise<void> {
    this.#closing ??= this.#end();
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #end(): Promise<void> {
    await this.#set.close();
    await this.#place.locked(() => removeNamed(this.#place, this.name));
  }

  /** A set that nobody used may have been removed since we opened it: then once more, with the time that is left. */
  async #taken<T>(
    take: (set: SemaphoreSet, options: SlotOptions) => T | Promise<T>,
    options: SlotOptions,
  ): Promise<T> {
    const { timeoutMs } = options;
    const end = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
    return await this.#set.use((set) => {
      const left = end === undefined ? {} : { timeoutMs: Math.max(0, end - performance.now()) };
      return take(set, { ...options, ...left });
    });
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

/** The holder that was just given the hold. @throws SemaphoreError `ESRCH` when it has ended since; nothing is held then */
function holderOf(target: HolderTarget, hold: Hold): UndoHolder {
  try {
    return semundo.ledger.holder(target);
  } catch (error) {
    hold[Symbol.dispose]();
    throw error;
  }
}

function hasBegun(target: HolderTarget): boolean {
  return target instanceof ChildProcess && target.pid !== undefined;
}
