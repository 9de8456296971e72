import type { RingMemory } from "./ring.ts";

const PAGE = 4096;
const BUSY = 0x8000_0000;
const DISCARD = 0x4000_0000;

/** A ring in plain memory, with a producer that does what the kernel's does. */
export class SampleRing {
  readonly memory: RingMemory;
  readonly #positions: { consumer: BigUint64Array; producer: BigUint64Array };
  readonly #data: Uint8Array;
  readonly #ringBytes: number;

  /** @param start position both sides begin at */
  constructor(ringBytes = 4096, start = 0) {
    const consumer = new ArrayBuffer(PAGE);
    const producer = new ArrayBuffer(PAGE + ringBytes);
    this.memory = { consumer, producer, pageBytes: PAGE, ringBytes };
    this.#positions = {
      consumer: new BigUint64Array(consumer, 0, 1),
      producer: new BigUint64Array(producer, 0, 1),
    };
    this.#positions.consumer[0] = BigInt(start);
    this.#positions.producer[0] = BigInt(start);
    this.#data = new Uint8Array(producer, PAGE);
    this.#ringBytes = ringBytes;
  }

  /** Bytes that the reader has given back. */
  get consumed(): number {
    return Number(this.#positions.consumer[0]);
  }

  /** Bytes written so far. */
  get produced(): number {
    return Number(this.#positions.producer[0]);
  }

  /** Writes a record, if there is room. @returns its position, or undefined */
  write(
    record: Uint8Array,
    state: "committed" | "busy" | "discarded" = "committed",
  ): number | undefined {
    const at = this.produced;
    const next = at + 8 + Math.ceil(record.byteLength / 8) * 8;
    if (next - this.consumed > this.#ringBytes) return undefined;
    record.forEach((byte, i) => this.#put(at + 8 + i, byte));
    const bits = state === "busy" ? BUSY : state === "discarded" ? DISCARD : 0;
    this.#head(at, (record.byteLength | bits) >>> 0);
    this.#positions.producer[0] = BigInt(next);
    return at;
  }

  /** Finishes a busy record. */
  commit(at: number, size: number): void {
    this.#head(at, size);
  }

  #head(at: number, word: number): void {
    new Uint8Array(Uint32Array.of(word).buffer).forEach((byte, i) => this.#put(at + i, byte));
  }

  #put(at: number, byte: number): void {
    this.#data[at % this.#ringBytes] = byte;
  }
}
