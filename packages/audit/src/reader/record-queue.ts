/** What was not delivered, and what is known of it. */
export interface AuditLoss {
  /** The socket's receive queue was full. */
  readonly reason: "overrun";
  /** Records lost, exactly; 0 when the kernel says that there was a loss but found no memory to count it. */
  readonly count: number;
  /** CLOCK_MONOTONIC, nanoseconds: the last time it was certain that nothing was missing. */
  readonly sinceNs: bigint;
  /** CLOCK_MONOTONIC, nanoseconds: when the loss was noticed. */
  readonly untilNs: bigint;
}

/** Where records and losses go, in their order. */
export interface RecordSink {
  /**
   * @param type 1300 for SYSCALL and so on
   * @param text what the kernel wrote, `audit(…): …`, a character for each byte (latin1), without a NUL at the end
   */
  record(type: number, text: string): void;
  lost(loss: AuditLoss): void;
}

/** Marks a loss among the types. */
const LOSS = -1;
/** Told records that are kept at most before the rest moves up. */
const SLACK = 65_536;
/** What a record takes of memory besides its text. */
const OVERHEAD_BYTES = 48;

/**
 * Records that were read and not told yet, first in, first out. The kernel's queue is short and throws away everything when it
 * is full; ours is long, and where it ends too, reading stops and the kernel counts what it drops.
 */
export class RecordQueue {
  readonly #limitBytes: number;
  #types: number[] = [];
  #texts: string[] = [];
  readonly #losses: AuditLoss[] = [];
  #head = 0;
  #bytes = 0;

  /** @param limitBytes memory that records may take */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Records and losses that wait. */
  get length(): number {
    return this.#types.length - this.#head;
  }

  get full(): boolean {
    return this.#bytes >= this.#limitBytes;
  }

  push(type: number, text: string): void {
    this.#types.push(type);
    this.#texts.push(text);
    this.#bytes += text.length + OVERHEAD_BYTES;
  }

  pushLoss(loss: AuditLoss): void {
    this.#losses.push(loss);
    this.push(LOSS, "");
  }

  /** Hands over the oldest; the queue must not be empty. Returns whether it was a record. */
  shift(sink: RecordSink): boolean {
    const at = this.#head++;
    const type = this.#types[at] ?? LOSS;
    const text = this.#texts[at] ?? "";
    this.#bytes -= text.length + OVERHEAD_BYTES;
    // What is told must not be kept alive by the array.
    this.#texts[at] = "";
    if (this.#head === this.#types.length) this.#reset([], []);
    else if (this.#head >= SLACK) {
      this.#reset(this.#types.slice(this.#head), this.#texts.slice(this.#head));
    }
    const loss = type === LOSS ? this.#losses.shift() : undefined;
    if (loss !== undefined) sink.lost(loss);
    else sink.record(type, text);
    return loss === undefined;
  }

  #reset(types: number[], texts: string[]): void {
    this.#types = types;
    this.#texts = texts;
    this.#head = 0;
  }
}
