import {
  disablePerfEvent,
  enablePerfEvent,
  type FileDescriptor,
  MemoryMap,
  pageSize,
  readPerfEvent,
  redirectPerfOutput,
} from "@task-watchers/linux";
import { type RawRecordSink, Ring } from "./ring.ts";

/** The events of one CPU, and the ring that all of them write to. */
export class CpuEvents {
  readonly cpu: number;
  readonly #owner: FileDescriptor;
  readonly #others: FileDescriptor[] = [];
  #map: MemoryMap | undefined;
  #ring: Ring | undefined;

  /** @param owner an event of that CPU; the ring is its own */
  constructor(cpu: number, owner: FileDescriptor) {
    this.cpu = cpu;
    this.#owner = owner;
  }

  /** @throws SyscallError `EPERM` when so much memory is not allowed */
  mapRing(pages: number): void {
    this.#map = new MemoryMap(this.#owner, (1 + pages) * pageSize());
    this.#ring = new Ring(this.#map.buffer);
  }

  unmapRing(): void {
    // The ring first: its arrays must not outlive the memory.
    this.#ring = undefined;
    this.#map?.close();
    this.#map = undefined;
  }

  /** Has another thread's event write here, too; takes the event. */
  add(event: FileDescriptor): void {
    this.#others.push(event);
    redirectPerfOutput(event, this.#owner);
  }

  enable(): void {
    for (const event of this.#events()) enablePerfEvent(event);
  }

  disable(): void {
    for (const event of this.#events()) disablePerfEvent(event);
  }

  /** Bytes that wait, as a part of those that have room. */
  get fill(): number {
    return this.#ring === undefined ? 0 : this.#ring.used / this.#ring.size;
  }

  get resyncs(): number {
    return this.#ring?.resyncs ?? 0;
  }

  read(sink: RawRecordSink): number {
    return this.#ring?.read(sink) ?? 0;
  }

  /** Records lost, as the events count them; they must have been opened to. */
  lost(): bigint {
    return this.#events().reduce((sum, event) => sum + lostBy(event), 0n);
  }

  close(): void {
    this.unmapRing();
    for (const event of this.#events()) event.close();
  }

  #events(): FileDescriptor[] {
    return [this.#owner, ...this.#others];
  }
}

/** u64 value, u64 lost: read_format is PERF_FORMAT_LOST alone. Nothing is told of an event in error. */
function lostBy(event: FileDescriptor): bigint {
  return readPerfEvent(event, 2)[1] ?? 0n;
}
