import type { BpfEvent, BpfLoss } from "./bpf-event.ts";
import type { BpfEventsCounters } from "./counters.ts";
import { decodeRecord } from "./decode-record.ts";
import { RecordReader, type RecordReaderParts } from "./record-reader.ts";

/** Who is told of events. */
export interface BpfEventsListener {
  readonly onEvent: (event: BpfEvent) => void;
  readonly onLost?: ((loss: BpfLoss) => void) | undefined;
}

/** Task events of the host as they come, until it is closed. */
export class BpfEvents {
  readonly #reader: RecordReader;

  /** @internal Use `openBpfEvents`. */
  constructor(parts: RecordReaderParts, { onEvent, onLost }: BpfEventsListener) {
    this.#reader = new RecordReader(parts, {
      record(view, at, size) {
        const event = decodeRecord(view, at, size);
        if (event === undefined) return undefined;
        onEvent(event);
        return event.timeNs;
      },
      lost: (loss) => onLost?.(loss),
    });
  }

  /** @internal */
  start(): void {
    this.#reader.start();
  }

  /** Counters, exact at any time, also after `close`. */
  get counters(): BpfEventsCounters {
    return this.#reader.counters;
  }

  /** Tells what is in the ring now. @returns how many events; 0 from inside a callback */
  drain(): number {
    return this.#reader.drain();
  }

  /** Keeps the process alive while open; the default. */
  ref(): void {
    this.#reader.ref();
  }

  /** Lets the process end while open. */
  unref(): void {
    this.#reader.unref();
  }

  /** Detaches, and gives everything back; what is in the ring is not told. Safe twice, and in a callback. */
  close(): void {
    this.#reader.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
