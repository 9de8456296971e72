import type { Counts } from "./counts.ts";
import type { Frame, JitProcess } from "./frame.ts";
import { JitMapFile } from "./jit-map-file.ts";
import { parseJitName } from "./jit-name.ts";

/** Frames kept so that equal ones are the same object; beyond, they are made anew. */
const MAX_FRAMES = 1 << 17;
/** Maps kept open at a time. */
const MOST_HELD = 128;

/** Functions that processes made at run time. */
export class JitFrames {
  readonly #counts: Counts;
  /** By thread group and start: numbers are used again. */
  readonly #maps = new Map<number, Map<number, JitMapFile>>();
  readonly #frames = new Map<string, Frame>();
  #held = 0;

  constructor(counts: Counts) {
    this.#counts = counts;
  }

  /** @returns undefined when there is no map, or no line of it covers the address */
  frame(process: JitProcess, address: bigint): Frame | undefined {
    const file = this.#maps.get(process.tgid)?.get(process.startedMs) ?? this.read(process);
    const text = file.map?.find(address);
    return text === undefined ? undefined : this.#intern(text);
  }

  /** Keeps the map of a process open where it cannot be had afterwards, in a namespace. */
  hold(process: JitProcess): void {
    const file = this.#file(process);
    if (!file.isElsewhere || file.isHeld || this.#held >= MOST_HELD) return;
    file.hold();
    if (file.isHeld) this.#held++;
  }

  /** Reads a process's map, or what was added to it since. */
  read(process: JitProcess): JitMapFile {
    // It may not have been there before.
    this.hold(process);
    const file = this.#file(process);
    const before = file.map;
    const malformed = before?.malformed ?? 0;
    file.update();
    const { map } = file;
    if (map === undefined) return file;
    if (before === undefined) this.#counts.jitMaps++;
    this.#counts.jitLinesMalformed += map.malformed - (map === before ? malformed : 0);
    this.#noteLimits(process, file);
    return file;
  }

  forget(tgid: number): void {
    for (const file of this.#maps.get(tgid)?.values() ?? []) {
      if (file.isHeld) this.#held--;
      file.close();
    }
    this.#maps.delete(tgid);
  }

  close(): void {
    for (const tgid of [...this.#maps.keys()]) this.forget(tgid);
  }

  #file(process: JitProcess): JitMapFile {
    const starts = this.#maps.get(process.tgid) ?? new Map<number, JitMapFile>();
    this.#maps.set(process.tgid, starts);
    const file = starts.get(process.startedMs) ?? new JitMapFile(process);
    starts.set(process.startedMs, file);
    return file;
  }

  #noteLimits({ tgid }: JitProcess, { map, skippedBytes }: JitMapFile): void {
    if (skippedBytes > 0) {
      this.#counts.note(`the JIT map of process ${tgid} is too large: a part was left out`);
    }
    if ((map?.dropped ?? 0) > 0) {
      this.#counts.note(
        `the JIT map of process ${tgid} has too many lines: those after ${map?.size} were left out`,
      );
    }
  }

  #intern(text: string): Frame {
    const { name, ...source } = parseJitName(text);
    const key = `${source.line}:${source.column}:${source.file}\n${name}`;
    const known = this.#frames.get(key);
    if (known !== undefined) return known;
    const frame: Frame = { name, module: "[jit]", kind: "jit", resolved: true, ...source };
    if (this.#frames.size < MAX_FRAMES) this.#frames.set(key, frame);
    return frame;
  }
}
