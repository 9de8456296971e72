import { rmSync } from "node:fs";
import { join } from "node:path";
import { SemaphoreCountError } from "../set/count-error.ts";
import { openSemaphores } from "../set/open-semaphores.ts";
import type { SemaphoreSet } from "../set/types.ts";
import { codeOf } from "../undo/give-back.ts";
import { HostLock } from "../undo/host-lock.ts";
import type { Place } from "./place.ts";
import { SlotsCountError } from "./slots-error.ts";

/** Index of the semaphore whose value is how many slots are free. */
export const FREE = 0;
/** Index of the semaphore whose value is how many slots there are. */
export const TOTAL = 1;

const RECORD = "slots.json";

/** What the kernel and the file system say of a set that somebody has just removed. */
export function hasVanished(error: unknown): boolean {
  if (error instanceof SemaphoreCountError) return false;
  return ["ENOENT", "EIDRM", "EINVAL"].includes(codeOf(error) ?? "");
}

/** Key of the set of a name, as its record has it; undefined when there is none. */
export function keyOf(place: Place, name: string): number | undefined {
  const key = place.files.read(join(place.of(name), RECORD))?.["key"];
  const isKey = typeof key === "number" && Number.isInteger(key) && key >= 1 && key <= 0x7fff_ffff;
  return isKey ? key : undefined;
}

/** The set of a name as it is; undefined when there is none, or it has no values yet. */
export async function findNamed(place: Place, name: string): Promise<SemaphoreSet | undefined> {
  const key = keyOf(place, name);
  return key === undefined ? undefined : await openKey(key);
}

/**
 * Opens the set of a name, or makes it. Call it with the place's lock.
 *
 * @throws SlotsCountError when it is there with another count
 */
export async function openNamed(
  place: Place,
  name: string,
  options: { readonly count: number; readonly mode: number },
): Promise<SemaphoreSet> {
  const { count, mode } = options;
  const directory = place.of(name);
  place.files.directory(directory);
  for (;;) {
    const key = keyOf(place, name);
    const set = key === undefined ? undefined : await openKey(key);
    if (set !== undefined && isUsable(name, set, count)) return set;
    place.files.remove(join(directory, RECORD));
    // The record first: what its owner did not live to make is made by the next one.
    const fresh = HostLock.newKey();
    place.files.make(join(directory, RECORD), { name, key: fresh, count, created: Date.now() });
    try {
      return await openSemaphores({
        key: fresh,
        count: 2,
        create: true,
        exclusive: true,
        mode,
        initial: count,
      });
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
  }
}

/** Removes the set and all records of a name unless a slot is held. Call it with the place's lock. @returns false if one is */
export async function removeNamed(place: Place, name: string): Promise<boolean> {
  const set = await findNamed(place, name);
  if (set !== undefined && !isEnded(set)) return false;
  rmSync(place.of(name), { recursive: true, force: true });
  return true;
}

/** Whether it has that count; with another it is ended, if nobody holds one. @throws SlotsCountError */
function isUsable(name: string, set: SemaphoreSet, count: number): boolean {
  try {
    const found = set.value(TOTAL);
    if (found === count) return true;
    if (isEnded(set)) return false;
    throw new SlotsCountError({ name, set: set.id, wanted: count, found });
  } catch (error) {
    if (hasVanished(error)) return false;
    throw error;
  }
}

/** Removes the set. @returns false when somebody holds a slot */
function isEnded(set: SemaphoreSet): boolean {
  try {
    if (!takeAll(set)) return false;
    set.remove();
  } catch (error) {
    if (!hasVanished(error)) throw error;
  }
  return true;
}

/** Nobody holds one, and nobody can take one any more. Who comes too late gets `EIDRM` and opens anew. */
function takeAll(set: SemaphoreSet): boolean {
  const total = set.value(TOTAL);
  return total === 0 || set.tryOperate([{ semaphore: FREE, change: -total }], { undo: true });
}

async function openKey(key: number): Promise<SemaphoreSet | undefined> {
  try {
    return await openSemaphores({ key, count: 2 });
  } catch (error) {
    if (hasVanished(error)) return undefined;
    throw error;
  }
}
