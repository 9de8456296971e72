import { ftruncateSync } from "node:fs";
import type { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import { createMemoryFile } from "@task-watchers/linux/memory-file";
import { MemoryMap } from "@task-watchers/linux/memory-map";

/** Bytes from one call to the next; the guard's program has the same number in it. */
export const SLOT_SIZE = 128;
/** Calls that may be unanswered at a time: two to the ninth, 64 KiB, a whole number of pages on every machine. */
export const SLOTS = 512;

/**
 * Calls received and not answered, each as the kernel's own struct seccomp_notif (include/uapi/linux/seccomp.h): u64 id @0,
 * u32 pid @8, u32 flags @12, then struct seccomp_data: s32 nr @16, u32 arch @20, u64 instruction pointer @24, u64 args[6] @32.
 *
 * They lie in memory that the guard has open too. The kernel writes a call there in the same step in which it gives it
 * out, so there is no moment at which our end would leave a task behind that nobody knows of.
 */
export class CallSlots {
  readonly file: FileDescriptor;
  readonly #map: MemoryMap;
  readonly #slots: Uint8Array[] = [];
  readonly #words: Uint32Array;
  readonly #longs: BigUint64Array;
  readonly #free: number[] = Array.from({ length: SLOTS }, (_, i) => SLOTS - 1 - i);

  constructor() {
    this.file = createMemoryFile("exec-stop-calls");
    try {
      ftruncateSync(this.file.number, SLOTS * SLOT_SIZE);
      this.#map = new MemoryMap(this.file, SLOTS * SLOT_SIZE);
    } catch (error) {
      this.file.close();
      throw error;
    }
    const { buffer } = this.#map;
    for (let i = 0; i < SLOTS; i++) {
      this.#slots.push(new Uint8Array(buffer, i * SLOT_SIZE, SLOT_SIZE));
    }
    this.#words = new Uint32Array(buffer);
    this.#longs = new BigUint64Array(buffer);
  }

  /** A slot that is all zero; undefined when every one is taken. */
  take(): number | undefined {
    return this.#free.pop();
  }

  /** Whether there is none left. */
  get full(): boolean {
    return this.#free.length === 0;
  }

  bytes(slot: number): Uint8Array {
    const bytes = this.#slots[slot];
    if (bytes === undefined) throw new RangeError(`slot must be 0 to ${SLOTS - 1}, got ${slot}`);
    return bytes;
  }

  id(slot: number): bigint {
    return this.#longs[(slot * SLOT_SIZE) / 8] ?? 0n;
  }

  /** The 32-bit word at a byte offset of the struct. */
  word(slot: number, offset: number): number {
    return this.#words[(slot * SLOT_SIZE + offset) / 4] ?? 0;
  }

  /** Answered: the guard need not. */
  release(slot: number): void {
    this.bytes(slot).fill(0);
    this.#free.push(slot);
  }

  /** Nothing may touch it after. */
  close(): void {
    this.#map.close();
    this.file.close();
  }
}
