import type { ProcessIdentity } from "./process-identity.ts";
import { LARGEST_ADJUST, SMALLEST_ADJUST } from "./undo-kernel.ts";

/** What a process holds on a set, from this line on. */
export interface LedgerEntry {
  readonly process: ProcessIdentity;
  /** Id of the set. */
  readonly set: number;
  /** Nothing when it holds nothing any more. */
  readonly adjusts: readonly (readonly [semaphore: number, adjust: number])[];
}

/** First line of a ledger's file. */
export interface LedgerHeader {
  /** Key of the lock among those who open the file. */
  readonly lock: number;
  /** Boot and IPC namespace: ids of sets, and pids, mean nothing in another. */
  readonly world: string;
}

const VERSION = 1;

export function headerLine({ lock, world }: LedgerHeader): string {
  return `${JSON.stringify({ semundo: VERSION, lock, world })}\n`;
}

/** Undefined when it is no header of this version. */
export function parseHeader(text: string): LedgerHeader | undefined {
  const { semundo, lock, world } = objectOf(text);
  if (semundo !== VERSION || typeof world !== "string") return undefined;
  return isBetween(lock, 1, 0x7fff_ffff) ? { lock, world } : undefined;
}

export function entryLine({ process: { pid, startTicks }, set, adjusts }: LedgerEntry): string {
  return `${JSON.stringify({ pid, startTicks, set, adjusts })}\n`;
}

/** Undefined when it is no entry. */
export function parseEntry(text: string): LedgerEntry | undefined {
  const { pid, startTicks, set, adjusts } = objectOf(text);
  if (!isBetween(pid, 1, 0x7fff_ffff) || !isBetween(set, 0, 0x7fff_ffff)) return undefined;
  if (!isBetween(startTicks, 0, Number.MAX_SAFE_INTEGER)) return undefined;
  if (!Array.isArray(adjusts) || !adjusts.every(isAdjust)) return undefined;
  return { process: { pid, startTicks }, set, adjusts };
}

function isAdjust(value: unknown): value is [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  return isBetween(value[0], 0, 31_999) && isBetween(value[1], SMALLEST_ADJUST, LARGEST_ADJUST);
}

function isBetween(value: unknown, low: number, high: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= low && value <= high;
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // No JSON: it says nothing.
  }
  return {};
}
