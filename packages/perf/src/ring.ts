/** Offsets into the control page, struct perf_event_mmap_page, in words of 8 bytes: data_head at byte 1024. */
const DATA_HEAD = 128;
/** data_tail, byte 1032. */
const DATA_TAIL = 129;
/** data_offset, byte 1040. */
const DATA_OFFSET = 130;
/** data_size, byte 1048. */
const DATA_SIZE = 131;
/** All of the control page that is looked at, words. */
const CONTROL_WORDS = 132;
/** struct perf_event_header: u32 type, u16 misc, u16 size. */
const HEADER_BYTES = 8;
/** A record's size is 16 bits wide. */
const RECORD_BYTES = 65_536;

/** Takes a record, header first; it is gone when this returns. */
export type RawRecordSink = (view: DataView, at: number, size: number) => void;

/**
 * The ring that the kernel writes an event's records to, for one reader. The kernel moves the head, the reader the tail; both
 * only grow.
 */
export class Ring {
  /** Bytes that records fit in. */
  readonly size: number;
  readonly #control: BigUint64Array;
  readonly #data: Uint8Array;
  readonly #view: DataView;
  readonly #scratch = new Uint8Array(RECORD_BYTES);
  readonly #scratchView = new DataView(this.#scratch.buffer);
  #tail: bigint;
  /** Times the ring made no sense, and all that was in it was skipped. */
  resyncs = 0;
  /** Bytes skipped so. */
  skippedBytes = 0;

  /** @param buffer control page and data, mapped to be written to */
  constructor(buffer: ArrayBuffer) {
    this.#control = new BigUint64Array(buffer, 0, CONTROL_WORDS);
    const offset = Number(this.#control[DATA_OFFSET]);
    this.size = Number(this.#control[DATA_SIZE]);
    this.#data = new Uint8Array(buffer, offset, this.size);
    this.#view = new DataView(buffer, offset, this.size);
    this.#tail = this.#control[DATA_TAIL] ?? 0n;
  }

  /** Bytes that wait to be read. No system call. */
  get used(): number {
    return Number(BigInt.asUintN(64, this.#head() - this.#tail));
  }

  /**
   * Tells every record that is there, and gives their room back to the kernel.
   *
   * @returns how many bytes there were
   */
  read(sink: RawRecordSink): number {
    const head = this.#head();
    if (head === this.#tail) return 0;
    const used = Number(BigInt.asUintN(64, head - this.#tail));
    try {
      if (used > this.size) this.#skip(used);
      else this.#tell(used, sink);
    } finally {
      this.#tail = head;
      // After the last read of the data: the kernel may write there from now on.
      Atomics.store(this.#control, DATA_TAIL, head);
    }
    return used;
  }

  #tell(used: number, sink: RawRecordSink): void {
    const { size: ringBytes } = this;
    let at = Number(this.#tail % BigInt(ringBytes));
    for (let left = used; left > 0;) {
      // Records are multiples of 8 bytes, so a header never straddles the end.
      const size = left < HEADER_BYTES ? 0 : this.#view.getUint16(at + 6, true);
      if (size < HEADER_BYTES || size % 8 !== 0 || size > left) {
        this.#skip(left);
        return;
      }
      if (at + size <= ringBytes) sink(this.#view, at, size);
      else {
        const first = ringBytes - at;
        this.#scratch.set(this.#data.subarray(at, ringBytes));
        this.#scratch.set(this.#data.subarray(0, size - first), first);
        sink(this.#scratchView, 0, size);
      }
      at = (at + size) % ringBytes;
      left -= size;
    }
  }

  #skip(bytes: number): void {
    this.resyncs++;
    this.skippedBytes += bytes;
  }

  /** Before the first read of the data: what the kernel wrote before it moved the head is there. */
  #head(): bigint {
    return Atomics.load(this.#control, DATA_HEAD);
  }
}
