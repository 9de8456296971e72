import { readProcessMemory } from "@task-watchers/linux/process-memory";
import { SyscallError } from "@task-watchers/linux/syscall-error";

/** Pieces of memory are read by this, whatever the machine's pages are: never more than one page, never across two. */
export const PAGE = 4096;
/** Pages one system call reads at most. */
const BATCH = 512;
/** Pages kept at a time: strings scattered over more memory than that cost time, not memory. */
const KEPT = 4096;

const pieces = new BigUint64Array(BATCH * 2);
/** Pages of memory that is used again and again: nearly every call needs fewer, and new memory costs more than what is read into it. */
const SHARED = 16;
const shared = new Uint8Array(new ArrayBuffer(SHARED * PAGE));
let sharedTaken = 0;

/** Memory for so many pages: of the shared, as long as there is some left. */
function memoryFor(pages: number): Uint8Array {
  if (sharedTaken + pages > SHARED) return new Uint8Array(new ArrayBuffer(pages * PAGE));
  const bytes = shared.subarray(sharedTaken * PAGE, (sharedTaken + pages) * PAGE);
  sharedTaken += pages;
  return bytes;
}

/**
 * Pages of a task's memory, each read once. To be used up before another is made: the two may share memory. Addresses are numbers: none that a program can have is above 2^53, except on
 * machines with five-level tables when it asks for one by name; that one counts as unreadable.
 */
export class TaskPages {
  readonly #pid: number;
  readonly #pages = new Map<number, Uint8Array | undefined>();
  /** Why nothing can be read at all, such as `"EPERM"`. */
  refusal: string | undefined;

  constructor(pid: number) {
    this.#pid = pid;
    sharedTaken = 0;
  }

  /** The page's bytes, by its address divided by `PAGE`; undefined when it cannot be read. */
  page(number: number): Uint8Array | undefined {
    if (!this.#pages.has(number)) this.fetch([number]);
    return this.#pages.get(number);
  }

  /** Whether the page has been asked for. */
  has(number: number): boolean {
    return this.#pages.has(number);
  }

  /** Reads pages that have not been read, in as few calls as may be. */
  fetch(numbers: Iterable<number>): void {
    if (this.#pages.size > KEPT) this.#pages.clear();
    let wanted: number[] = [];
    for (const number of numbers) {
      if (this.#pages.has(number)) continue;
      this.#pages.set(number, undefined);
      wanted.push(number);
      if (wanted.length < BATCH) continue;
      this.#read(wanted);
      wanted = [];
    }
    this.#read(wanted);
  }

  #read(wanted: number[]): void {
    let rest = wanted;
    while (rest.length > 0 && this.refusal === undefined) {
      const bytes = memoryFor(rest.length);
      rest.forEach((number, i) => {
        pieces[i * 2] = BigInt(number) * BigInt(PAGE);
        pieces[i * 2 + 1] = BigInt(PAGE);
      });
      const whole = Math.floor(this.#readInto(bytes, rest.length) / PAGE);
      for (let i = 0; i < whole; i++) {
        this.#pages.set(rest[i] ?? 0, bytes.subarray(i * PAGE, (i + 1) * PAGE));
      }
      // The one after those cannot be read; those behind it may.
      rest = rest.slice(whole + 1);
    }
  }

  #readInto(bytes: Uint8Array, count: number): number {
    try {
      return readProcessMemory(this.#pid, pieces, count, bytes);
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      this.refusal = error.code;
      return 0;
    }
  }
}
