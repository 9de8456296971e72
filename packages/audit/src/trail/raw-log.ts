import type { AuditEvent } from "../assemble/audit-event.ts";
import { rawLine } from "./raw-line.ts";
import { newTrailCounters, type TrailCounters } from "./trail-counters.ts";
import { openTrailFile, rotateTrailFiles, type TrailFile } from "./trail-file.ts";
import { checkTrailOptions, type TrailOptions } from "./trail-options.ts";

export type { TrailCounters } from "./trail-counters.ts";
export type { TrailOptions } from "./trail-options.ts";

interface Waiting {
  readonly data: Buffer;
  readonly records: number;
}

/** Written with one call, at most. */
const BATCH_BYTES = 262_144;
/** After a failure the file is left alone for so long. */
const RETRY_MS = 1000;

/**
 * A log that `ausearch -if` and `aureport -if` read. Events are added whole and in order; writing goes on behind the caller's
 * back, and what waits is bounded. Made by `new`, nothing is opened before the first event.
 */
export class RawLog {
  readonly #options: Required<Omit<TrailOptions, "onError">> & Pick<TrailOptions, "onError">;
  readonly #counters: TrailCounters = newTrailCounters();
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #file: TrailFile | undefined;
  #size = 0;
  #isTorn = false;
  #pump: Promise<void> | undefined;
  #failedAt: number | undefined;
  #isClosed = false;
  #firstError: Error | undefined;

  /** @throws TypeError or RangeError for an option that is none */
  constructor(options: TrailOptions) {
    this.#options = checkTrailOptions(options);
  }

  /**
   * A log whose file is open already, so that one that cannot be written to is refused before there is anything to write.
   *
   * @throws TypeError or RangeError for an option that is none; the error of the file, as `write` would only count it
   */
  static async open(options: TrailOptions): Promise<RawLog> {
    const log = new RawLog(options);
    log.#file = await log.#opened();
    return log;
  }

  /** Why events were dropped first; absent as long as everything could be written. */
  get firstError(): Error | undefined {
    return this.#firstError;
  }

  /** Every loss so far. A copy: it does not change. */
  get counters(): Readonly<TrailCounters> {
    return { ...this.#counters };
  }

  /** Adds an event. @returns false when it was dropped, which is counted */
  write({ records }: AuditEvent): boolean {
    let text = "";
    let maskedBytes = 0;
    for (const record of records) {
      const raw = rawLine(record);
      text += raw.line;
      maskedBytes += raw.maskedBytes;
    }
    if (this.#isClosed || this.#waitingBytes + text.length > this.#options.maxWaitingBytes) {
      this.#drop(records.length);
      return false;
    }
    this.#counters.maskedBytes += maskedBytes;
    this.#waiting.push({ data: Buffer.from(text, "latin1"), records: records.length });
    this.#waitingBytes += text.length;
    this.#pump ??= this.#work();
    return true;
  }

  /** Resolves when what waits now is written, or was dropped. */
  async flush(): Promise<void> {
    this.#failedAt = undefined;
    while (this.#pump !== undefined) await this.#pump;
  }

  /** Writes what waits and closes the file; safe twice. What is added later is dropped. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
    const handle = this.#file?.handle;
    this.#file = undefined;
    await handle?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #work(): Promise<void> {
    // What comes in the same turn is written with the same call.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        this.#checkPause();
        await this.#writeBatch(batch);
      } catch (error) {
        this.#fail(batch, error);
      }
    }
    this.#pump = undefined;
  }

  /** As much as one call writes and the file has room for, one event at least. */
  #takeBatch(): Waiting[] {
    const room = Math.min(BATCH_BYTES, Math.max(this.#options.maxBytes - this.#size, 0));
    let bytes = 0;
    let count = 0;
    for (const { data } of this.#waiting) {
      if (count > 0 && bytes + data.length > room) break;
      bytes += data.length;
      count++;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const data =
      batch.length === 1
        ? (batch[0]?.data ?? Buffer.alloc(0))
        : Buffer.concat(batch.map(({ data }) => data));
    const file = await this.#fileFor(data.length);
    const whole = this.#isTorn ? Buffer.concat([Buffer.from("\n"), data]) : data;
    for (let at = 0; at < whole.length;) {
      // Whatever fails from here on, the line that it leaves is ended before the next one.
      this.#isTorn = true;
      const { bytesWritten } = await file.handle.write(whole, at);
      at += bytesWritten;
      this.#size += bytesWritten;
      this.#counters.bytesWritten += bytesWritten;
    }
    this.#isTorn = false;
    this.#counters.eventsWritten += batch.length;
    for (const { records } of batch) this.#counters.recordsWritten += records;
  }

  async #fileFor(bytes: number): Promise<TrailFile> {
    const { path, maxBytes, keep } = this.#options;
    this.#file ??= await this.#opened();
    if (this.#size === 0 || this.#size + bytes <= maxBytes) return this.#file;
    const { handle } = this.#file;
    this.#file = undefined;
    await handle.close();
    await rotateTrailFiles(path, keep);
    this.#counters.rotations++;
    return (this.#file = await this.#opened());
  }

  async #opened(): Promise<TrailFile> {
    const file = await openTrailFile(this.#options.path);
    this.#size = file.size;
    this.#isTorn = file.isTorn;
    return file;
  }

  /** Soon after a failure the next attempt would fail alike, and cost a system call each. */
  #checkPause(): void {
    if (this.#failedAt === undefined || performance.now() - this.#failedAt >= RETRY_MS) return;
    throw PAUSED;
  }

  #fail(batch: readonly Waiting[], error: unknown): void {
    for (const { records } of batch) this.#drop(records);
    if (error === PAUSED) return;
    this.#counters.writeErrors++;
    this.#failedAt = performance.now();
    const reason = error instanceof Error ? error : new Error(String(error));
    this.#firstError ??= reason;
    this.#options.onError?.(reason);
  }

  #drop(records: number): void {
    this.#counters.eventsDropped++;
    this.#counters.recordsDropped += records;
  }
}

const PAUSED = new Error("the log is left alone after a failure");
