import { closeSync, constants, fstatSync, readSync, type BigIntStats } from "node:fs";
import type { JitProcess } from "./frame.ts";
import { JitMap } from "./jit-map.ts";
import { openRegular } from "./open-mapped-file.ts";

/**
 * Bytes read of the maps of one process: a million lines. A process that writes without end, or its map anew all the time,
 * would keep us from sampling.
 */
const MAX_BYTES = 64 << 20;
const CHUNK = 1 << 20;
/** How much older than its process a map may seem: start times are in ticks, file times in jiffies. Milliseconds. */
const CLOCK_SLACK_MS = 50;

/** The map that one process writes of what it compiles, read on from where it was left. */
export class JitMapFile {
  readonly #process: JitProcess;
  #map: JitMap | undefined;
  /** Which file was read, and up to where. */
  #identity = "";
  #read = 0;
  /** Bytes that may still be read. */
  #budget: number;
  /** Bytes left out at the beginning of each map. */
  #skippedBefore = 0;
  /** Bytes left out because the maps were too large, at the beginning or at the end. */
  skippedBytes = 0;
  /** The map, kept open. */
  #held: number | undefined;

  /** @param maxBytes read of all maps of the process (default 64 MiB) */
  constructor(process: JitProcess, maxBytes: number = MAX_BYTES) {
    this.#process = process;
    this.#budget = maxBytes;
  }

  /** What has been read; undefined when there is no map. */
  get map(): JitMap | undefined {
    return this.#map;
  }

  /** Whether the way to the map ends with the process: its files are others than ours, or it goes by another number. */
  get isElsewhere(): boolean {
    return this.#process.nsPid !== this.#process.tgid;
  }

  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** Opens the map, and keeps it open until `close`, to be read when the process is gone. */
  hold(): void {
    this.#held ??= this.#open()?.fd;
  }

  close(): void {
    if (this.#held !== undefined) closeSync(this.#held);
    this.#held = undefined;
  }

  /** Reads what was added since. Where there is no map, or it is not the process's own, nothing changes. */
  update(): void {
    const opened = this.#open() ?? this.#reopen();
    if (opened === undefined) return;
    const { fd, stats } = opened;
    try {
      const size = Number(stats.size);
      const identity = `${stats.dev}:${stats.ino}`;
      if (this.#map === undefined || identity !== this.#identity || size < this.#read) {
        // What was written last is worth most: of a map that is too large the beginning is left out.
        this.#read = Math.max(0, size - this.#budget);
        this.#skippedBefore += this.#read;
        this.#map = new JitMap(this.#read > 0);
        this.#identity = identity;
      }
      this.#readOn(fd, this.#map, size);
    } catch {
      // A file may fail to be read half-way, as when it is on a network; what has been read stays.
    } finally {
      if (fd !== this.#held) closeSync(fd);
    }
  }

  #reopen(): { fd: number; stats: BigIntStats } | undefined {
    const fd = this.#held;
    return fd === undefined ? undefined : { fd, stats: fstatSync(fd, { bigint: true }) };
  }

  #readOn(fd: number, map: JitMap, size: number): void {
    const end = Math.min(size, this.#read + this.#budget);
    const chunk = new Uint8Array(Math.min(CHUNK, Math.max(end - this.#read, 1)));
    while (this.#read < end) {
      const wanted = Math.min(chunk.length, end - this.#read);
      const n = readSync(fd, chunk, 0, wanted, this.#read);
      if (n === 0) return;
      map.append(chunk.subarray(0, n));
      this.#read += n;
      this.#budget -= n;
    }
    this.skippedBytes = this.#skippedBefore + size - end;
  }

  #open(): { fd: number; stats: BigIntStats } | undefined {
    for (const path of this.#places()) {
      const fd = openRegular(path, constants.O_NOFOLLOW);
      if (fd === undefined) continue;
      const stats = fstatSync(fd, { bigint: true });
      if (this.#isOwn(stats)) return { fd, stats };
      closeSync(fd);
    }
    return undefined;
  }

  *#places(): Generator<string> {
    const { tgid, nsPid } = this.#process;
    yield `/proc/${tgid}/root/tmp/perf-${nsPid}.map`;
    // When it is gone, so is the way to its files; ours are its own unless it lived in a namespace.
    if (nsPid === tgid) yield `/tmp/perf-${nsPid}.map`;
  }

  /** Anybody may put a file there, and an earlier process of the same number may have left one. */
  #isOwn({ uid, mtimeMs }: BigIntStats): boolean {
    const { uid: owner, startedMs } = this.#process;
    return (
      owner !== undefined && uid === BigInt(owner) && Number(mtimeMs) >= startedMs - CLOCK_SLACK_MS
    );
  }
}
