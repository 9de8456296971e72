import type { Counts } from "./counts.ts";
import { readFileFunctions } from "./file-functions.ts";
import { FrameCache } from "./frame-cache.ts";
import type { Frame, MappedFile } from "./frame.ts";

/** Processes by way of which a file that cannot be opened is tried. */
const MAX_TRIES = 4;

/** Frames of every file. */
export class FileFrames {
  readonly #counts: Counts;
  readonly #files = new Map<string, FrameCache>();
  /** Files that could not be opened, with the processes by way of which it was tried. */
  readonly #failed = new Map<
    string,
    { readonly frames: FrameCache; readonly tried: Set<number> }
  >();

  constructor(counts: Counts) {
    this.#counts = counts;
  }

  frame(file: MappedFile, offset: bigint): Frame {
    const key = `${file.major}:${file.minor}:${file.inode}:${file.path}`;
    return (this.#files.get(key) ?? this.#read(key, file)).frame(offset);
  }

  #read(key: string, file: MappedFile): FrameCache {
    const failed = this.#failed.get(key);
    if (failed !== undefined && (failed.tried.has(file.tgid) || failed.tried.size >= MAX_TRIES)) {
      return failed.frames;
    }
    const functions = readFileFunctions(file, this.#counts);
    if (functions !== undefined) {
      // The file was counted as one that could not be opened, and then it could: by way of another process.
      if (failed !== undefined) this.#counts.filesWithoutSymbols--;
      this.#failed.delete(key);
      const frames = new FrameCache(file.path, "user", functions);
      this.#files.set(key, frames);
      return frames;
    }
    if (failed !== undefined) {
      failed.tried.add(file.tgid);
      return failed.frames;
    }
    this.#counts.filesWithoutSymbols++;
    const frames = new FrameCache(file.path, "user", undefined);
    this.#failed.set(key, { frames, tried: new Set([file.tgid]) });
    return frames;
  }
}
