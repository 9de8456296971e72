import type { SemaphoreSet } from "../set/types.ts";
import { findNamed, FREE, hasVanished, removeNamed, TOTAL } from "./named-set.ts";
import { Place } from "./place.ts";
import { type SlotHolder, SlotHolders } from "./slot-holders.ts";

/** The slots of a name, now. Read value by value: others may come between. */
export interface SlotsListing {
  readonly name: string;
  readonly count: number;
  readonly free: number;
  /** Processes that wait for one, as the kernel counts them: of one process, one. */
  readonly waiting: number;
  readonly holders: readonly SlotHolder[];
}

/** Where to look. */
export interface PlaceOptions {
  /** Where names are kept (default: as `slots`). */
  readonly directory?: string;
  /** Who else may write there (default 0o600: nobody), as `slots`. */
  readonly mode?: number;
}

/**
 * The slots of every name in a directory, by name. Makes nothing.
 *
 * @throws TypeError on a bad option; SemaphoreError `EACCES` when the directory or some semaphores are another user's
 */
export async function listSlots({ directory, mode }: PlaceOptions = {}): Promise<SlotsListing[]> {
  const place = new Place(directory, mode);
  const listings: SlotsListing[] = [];
  for (const name of place.names()) {
    const listing = await listed(place, name);
    if (listing !== undefined) listings.push(listing);
  }
  return listings;
}

/**
 * Ends the names of which nobody holds a slot, as after a process that was killed. Safe at any time: who wants one the next
 * moment makes it anew.
 *
 * @returns the names that are gone
 */
export async function removeUnusedSlots({ directory, mode }: PlaceOptions = {}): Promise<string[]> {
  const place = new Place(directory, mode);
  if (place.names().length === 0) return [];
  return await place.locked(async () => {
    const removed: string[] = [];
    for (const name of place.names()) if (await removeNamed(place, name)) removed.push(name);
    return removed;
  });
}

/** Undefined when the name is no more: its last user may be removing it right now. */
async function listed(place: Place, name: string): Promise<SlotsListing | undefined> {
  try {
    await using set = await findNamed(place, name);
    return set && statusOf(name, set, new SlotHolders(place.files, place.of(name)));
  } catch (error) {
    if (hasVanished(error)) return undefined;
    throw error;
  }
}

/** @throws SemaphoreError `EIDRM` or `EINVAL` when the set was removed */
export function statusOf(name: string, set: SemaphoreSet, holders: SlotHolders): SlotsListing {
  const { value, waiting } = set.info(FREE);
  return { name, count: set.value(TOTAL), free: value, waiting, holders: holders.list() };
}
