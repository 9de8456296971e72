import { type MapRecord, parseRecord } from "@task-watchers/perf";

// include/uapi/linux/perf_event.h
const PERF_RECORD_MMAP2 = 10;
/** Header, body and trailer of such a record. */
const LEAST_BYTES = 8 + 64 + 32;
/** Of a trailer, the time: u32 pid, u32 tid, u64 time, u32 cpu, u32 reserved, u64 identifier. */
const TIME_FROM_END = 24;
/** Records are kept in pieces of memory of this size: some five hundred in one. */
const CHUNK_BYTES = 65_536;

/**
 * Keeps records of mappings as they came. Each program maps half a dozen files, and most programs end without a sample: what
 * nobody asks for is never decoded.
 */
export class MapStore {
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;

  /** @returns undefined when it is no whole record of a mapping */
  keep(view: DataView, at: number, size: number): MapRecord | undefined {
    if (view.getUint32(at, true) !== PERF_RECORD_MMAP2 || size < LEAST_BYTES) return undefined;
    if (this.#used + size > this.#bytes.length) {
      this.#bytes = new Uint8Array(Math.max(CHUNK_BYTES, size));
      this.#view = new DataView(this.#bytes.buffer);
      this.#used = 0;
    }
    const from = this.#used;
    this.#used += size;
    this.#bytes.set(new Uint8Array(view.buffer, view.byteOffset + at, size), from);
    return new StoredMap(this.#view, from, size);
  }
}

class StoredMap implements MapRecord {
  readonly type = "map";
  readonly timeNs: bigint;
  readonly pid: number;
  readonly tid: number;
  readonly #view: DataView;
  readonly #at: number;
  readonly #size: number;
  #decoded: MapRecord | undefined;

  constructor(view: DataView, at: number, size: number) {
    this.timeNs = view.getBigUint64(at + size - TIME_FROM_END, true);
    this.pid = view.getInt32(at + 8, true);
    this.tid = view.getInt32(at + 12, true);
    this.#view = view;
    this.#at = at;
    this.#size = size;
  }

  get start(): bigint {
    return this.#decode().start;
  }

  get end(): bigint {
    return this.#decode().end;
  }

  get offset(): bigint {
    return this.#decode().offset;
  }

  get major(): number {
    return this.#decode().major;
  }

  get minor(): number {
    return this.#decode().minor;
  }

  get inode(): bigint {
    return this.#decode().inode;
  }

  get path(): string {
    return this.#decode().path;
  }

  #decode(): MapRecord {
    if (this.#decoded !== undefined) return this.#decoded;
    const record = parseRecord(this.#view, this.#at, this.#size);
    if (typeof record === "string" || record.type !== "map") throw new Error("no mapping");
    this.#decoded = record;
    return record;
  }
}
