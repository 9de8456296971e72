/** The record is being written. */
const BPF_RINGBUF_BUSY_BIT = 0x8000_0000;
/** The record was given up. */
const BPF_RINGBUF_DISCARD_BIT = 0x4000_0000;
const LENGTH_MASK = 0x3fff_ffff;
/** A record's own head: u32 length and bits, u32 of the kernel's. */
const HEAD_BYTES = 8;
/** Room is given back to the kernel after so many bytes, not after each record. */
const RELEASE_BYTES = 65_536;

/** Takes a record; it is gone when this returns. */
export type RecordSink = (view: DataView, at: number, size: number) => void;

/** A ring's memory: Documentation/bpf/ringbuf.rst. */
export interface RingMemory {
  /** The first page: the consumer's position, to be written. */
  readonly consumer: ArrayBuffer;
  /** A page with the producer's position, then the data. */
  readonly producer: ArrayBuffer;
  /** Bytes of a page. */
  readonly pageBytes: number;
  /** Bytes of the data. */
  readonly ringBytes: number;
}

/** Reads the records that BPF programs put into a ring, in their order. One reader, any number of programs. */
export class Ring {
  readonly #ringBytes: number;
  readonly #consumer: BigUint64Array;
  readonly #producer: BigUint64Array;
  /** The data as words, for the heads, which other CPUs write. */
  readonly #heads: Uint32Array;
  readonly #view: DataView;
  /** A record that straddles the end, put together; as long as the longest of them so far. */
  #straddling = new DataView(new ArrayBuffer(0));
  /** Bytes read since the ring was made. Below 2^53 for as long as a machine may run. */
  #position: number;
  /** Up to where the kernel was told. */
  #released: number;
  #stopped = false;
  /** Times the ring made no sense, and all that was in it was skipped. */
  resyncs = 0;

  constructor(memory: RingMemory) {
    const { consumer, producer, pageBytes, ringBytes } = memory;
    this.#ringBytes = ringBytes;
    this.#consumer = new BigUint64Array(consumer, 0, 1);
    this.#producer = new BigUint64Array(producer, 0, 1);
    this.#heads = new Uint32Array(producer, pageBytes, ringBytes / 4);
    this.#view = new DataView(producer, pageBytes, ringBytes);
    this.#position = Number(this.#consumer[0]);
    this.#released = this.#position;
  }

  /** Room for records. */
  get bytes(): number {
    return this.#ringBytes;
  }

  /** Whether all that was written was read; a record being written counts as written. */
  get empty(): boolean {
    return this.written === this.#position;
  }

  /** Bytes written since the ring was made. */
  get written(): number {
    // Before the first read of a head.
    return this.#stopped ? this.#position : Number(Atomics.load(this.#producer, 0));
  }

  /** Bytes read since the ring was made. */
  get position(): number {
    return this.#position;
  }

  /**
   * Tells the records that are there now, but no more than `limit`. If the sink throws, its record counts as read and the
   * others stay.
   *
   * @param end tells none from there on, see `written`
   * @returns how many were told
   */
  read(sink: RecordSink, limit: number, end: number = this.written): number {
    let told = 0;
    try {
      while (this.#position < end && told < limit && !this.#stopped) {
        const at = this.#position % this.#ringBytes;
        const head = Atomics.load(this.#heads, at >> 2);
        if (head >= BPF_RINGBUF_BUSY_BIT) break;
        const size = head & LENGTH_MASK;
        const next = this.#position + HEAD_BYTES + Math.ceil(size / 8) * 8;
        if (next > end) {
          this.resyncs++;
          this.#position = end;
          break;
        }
        this.#position = next;
        if ((head & BPF_RINGBUF_DISCARD_BIT) !== 0) continue;
        told++;
        // The record stays where it is until the position is released below.
        const from = at + HEAD_BYTES;
        if (from + size <= this.#ringBytes) sink(this.#view, from, size);
        else sink(this.#together(from, size), 0, size);
        if (this.#position - this.#released >= RELEASE_BYTES) this.#release();
      }
    } finally {
      this.#release();
    }
    return told;
  }

  /** Touches the memory no more, not even from a `read` that is under way. */
  stop(): void {
    this.#stopped = true;
  }

  #together(from: number, size: number): DataView {
    const { buffer, byteOffset } = this.#view;
    if (this.#straddling.byteLength < size) this.#straddling = new DataView(new ArrayBuffer(size));
    const record = new Uint8Array(this.#straddling.buffer);
    // It may begin right behind the end.
    const before = Math.max(0, this.#ringBytes - from);
    const start = from + before - this.#ringBytes;
    record.set(new Uint8Array(buffer, byteOffset + (from % this.#ringBytes), before));
    record.set(new Uint8Array(buffer, byteOffset + start, size - before), before);
    return this.#straddling;
  }

  /** After the last read of the records: the kernel may write there from now on. */
  #release(): void {
    if (this.#stopped || this.#released === this.#position) return;
    this.#released = this.#position;
    Atomics.store(this.#consumer, 0, BigInt(this.#position));
  }
}
