/** A function, or as much as is known of it. */
export interface Frame {
  /** Name for people, demangled where that can be done; `module+0xoffset` when there is no symbol. */
  readonly name: string;
  /** The symbol as it stands in the file, where it differs from `name`. */
  readonly symbol?: string;
  /**
   * Path of the file; `[kernel]`, or a module of it such as `[ext4]`; `[vdso]`, `[jit]` or `[unknown]`. Text of another
   * process: escape it before showing it.
   */
  readonly module: string;
  readonly kind: "user" | "kernel" | "vdso" | "jit" | "unknown";
  /** False for an address without a symbol. */
  readonly resolved: boolean;
  /** Source file, where the symbol says it (JavaScript). */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** A file that was mapped into a task, as the kernel's MMAP2 record or /proc/PID/maps told of it. */
export interface MappedFile {
  /** As the task saw it, decoded by `decodeText`; may end in ` (deleted)`. */
  readonly path: string;
  readonly major: number;
  readonly minor: number;
  readonly inode: bigint;
  /** A process in whose mount namespace the path can be opened, as `/proc/PID/root` + path, while it lives. */
  readonly tgid: number;
}

/** Turns places into functions. Every method may read files (once), and none throws: what cannot be read is counted. */
export interface Symbolizer {
  /** @param offset in the file, bytes: address − start of the mapping + its file offset */
  inFile(file: MappedFile, offset: bigint): Frame;
  inKernel(address: bigint): Frame;
  /** @param offset from the start of the vdso */
  inVdso(offset: bigint): Frame;
  /**
   * A function that the process made at run time, by its `perf-<pid>.map`.
   *
   * @returns undefined when there is no such map, or no line of it covers the address
   */
  inJit(jit: JitProcess, address: bigint): Frame | undefined;
  /**
   * A process was found in code that it made: where its map cannot be had any more once it ends, in a namespace, it is kept open
   * until `forget` or `close`; of at most 128 processes at a time.
   */
  holdJitMap(jit: JitProcess): void;
  /** Looks at a process's map again, if it has grown: to be called while the process lives, at its end, or soon after. */
  readJitMap(jit: JitProcess): void;
  /** The process is gone and all of it is settled. */
  forget(tgid: number): void;
  /** Gives back what is held open; safe twice. */
  close(): void;
  readonly counters: SymbolCounters;
}

/** A process that may have written a map of what it compiled. */
export interface JitProcess {
  readonly tgid: number;
  /** Its pid in its own pid namespace, which names the map; equals `tgid` in ours. */
  readonly nsPid: number;
  /** When it was started, milliseconds since 1970: an older map is not its own. */
  readonly startedMs: number;
  /** Real user id; another's map is not its own. Undefined when not known: then the map is not used. */
  readonly uid: number | undefined;
}

/** What could not be had, by reason. */
export interface SymbolCounters {
  /** Files read for symbols. */
  readonly files: number;
  /** Files that could not be opened, were replaced since, or have no symbols. */
  readonly filesWithoutSymbols: number;
  /** Files that are not what they say. */
  readonly filesCorrupt: number;
  readonly jitMaps: number;
  /** Lines of maps that are none. */
  readonly jitLinesMalformed: number;
  /** Sentences for the user: what is missing, and what would help. */
  readonly notes: readonly string[];
}
