/**
 * Events that were read and not told yet. The kernel's queue is short and full of what it throws away when it
 * overflows; ours is long. So a reader who is slower than the events for a while, because sixteen compilers want its CPU
 * too, loses none as long as it gets round to reading.
 */

/**
 * One process event, in the order of arrival. FORK: the child's ids, then the parent's. EXIT: the thread's wait status, then the
 * parent's tgid (0 when not sent); third is 1 where the source knows that the process is over, and then fourth is the process's
 * status. UID, GID: real, then effective id. PTRACE: the tracer's ids. COMM: the name's 16 bytes, as four words of the machine.
 * Others: whatever the kernel put there.
 */
export type ProcEventListener = (
  what: number,
  pid: number,
  tgid: number,
  first: number,
  second: number,
  timeNs: bigint,
  third: number,
  fourth: number,
) => void;

/** 32-bit words of an event: what, pid, tgid, first to fourth, one unused, time (two). */
const STRIDE = 10;
/** Index of the time among its 64-bit words. */
const TIME = 4;
/** Events there is room for at first. */
const FIRST_ROOM = 4096;
/** Events kept at most: 20 MiB, in twice the memory at most. From there on the kernel's queue fills, and the kernel counts. */
export const MAX_QUEUED: number = 1 << 19;

/** First in, first out, in memory that grows to its limit and no further. */
export class EventQueue {
  #words = new Uint32Array(FIRST_ROOM * STRIDE);
  #times = new BigUint64Array(this.#words.buffer);
  readonly #limit: number;
  #head = 0;
  #tail = 0;

  /** @param limit events kept at most */
  constructor(limit: number = MAX_QUEUED) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#tail - this.#head;
  }

  /** Makes room for `count` more, or says that there is none. */
  reserve(count: number): boolean {
    const wanted = this.length + count;
    if (wanted > this.#limit) return false;
    const room = this.#words.length / STRIDE;
    if (this.#tail + count <= room) return true;
    const words = wanted * 2 > room ? new Uint32Array(this.#words.length * 2) : this.#words;
    words.set(this.#words.subarray(this.#head * STRIDE, this.#tail * STRIDE));
    this.#words = words;
    this.#times = new BigUint64Array(words.buffer);
    this.#tail -= this.#head;
    this.#head = 0;
    return true;
  }

  /** Takes an event in; room must have been made. */
  readonly push: ProcEventListener = (what, pid, tgid, first, second, timeNs, third, fourth) => {
    const at = this.#tail++ * STRIDE;
    const words = this.#words;
    words[at] = what;
    words[at + 1] = pid;
    words[at + 2] = tgid;
    words[at + 3] = first;
    words[at + 4] = second;
    words[at + 5] = third;
    words[at + 6] = fourth;
    this.#times[at / 2 + TIME] = timeNs;
  };

  /** When the oldest event happened; the queue must not be empty. */
  get timeNs(): bigint {
    return this.#times[(this.#head * STRIDE) / 2 + TIME] ?? 0n;
  }

  /** Hands over the oldest event; the queue must not be empty. */
  shift(listener: ProcEventListener): void {
    const at = this.#head++ * STRIDE;
    const words = this.#words;
    const timeNs = this.#times[at / 2 + TIME] ?? 0n;
    if (this.#head === this.#tail) this.#head = this.#tail = 0;
    listener(
      words[at] ?? 0,
      words[at + 1] ?? 0,
      words[at + 2] ?? 0,
      words[at + 3] ?? 0,
      words[at + 4] ?? 0,
      timeNs,
      words[at + 5] ?? 0,
      words[at + 6] ?? 0,
    );
  }
}
