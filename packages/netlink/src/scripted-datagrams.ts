import type { Datagrams } from "./transport.ts";

/** A datagram on its way to a socket. */
export interface QueuedDatagram {
  readonly data: Uint8Array;
  /** 0 is the kernel. */
  readonly senderPort: number;
  /** 0 is the socket alone. */
  readonly groups: number;
}

/** The slots of a batch, filled from a queue instead of by recvmmsg(2): same size, same cut, same lifetime. */
export class ScriptedDatagrams implements Datagrams {
  readonly count: number;
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  #taken: readonly QueuedDatagram[] = [];

  constructor(count: number, size: number) {
    if (!Number.isSafeInteger(size) || size <= 0 || size % 8 !== 0) {
      throw new RangeError(`datagramBytes must be a positive multiple of 8, got ${size}`);
    }
    this.count = count;
    this.size = size;
    const memory = new ArrayBuffer(count * size);
    this.bytes = new Uint8Array(memory);
    this.words = new Uint32Array(memory);
  }

  /** Moves the first datagrams of `queue` into the slots and returns how many. */
  take(queue: QueuedDatagram[]): number {
    this.#taken = queue.splice(0, this.count);
    for (const [i, { data }] of this.#taken.entries()) {
      // As in the kernel, a slot keeps behind the datagram whatever an earlier one left there.
      this.bytes.set(data.subarray(0, this.size), i * this.size);
    }
    return this.#taken.length;
  }

  length(i: number): number {
    return Math.min(this.#at(i).data.byteLength, this.size);
  }

  truncated(i: number): boolean {
    return this.#at(i).data.byteLength > this.size;
  }

  senderPort(i: number): number {
    return this.#at(i).senderPort;
  }

  groups(i: number): number {
    return this.#at(i).groups;
  }

  datagram(i: number): Uint8Array {
    return this.bytes.subarray(i * this.size, i * this.size + this.length(i));
  }

  #at(i: number): QueuedDatagram {
    const datagram = this.#taken[i];
    if (datagram === undefined) throw new RangeError("datagram index out of range");
    return datagram;
  }
}
