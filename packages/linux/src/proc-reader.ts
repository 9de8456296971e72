import { closeSync, openSync, readSync, readdirSync, readlinkSync } from "node:fs";
import { parseStat, type ProcStat } from "./proc-stat.ts";
import { parseStatus, type ProcStatus } from "./proc-status.ts";
import { parseCgroup, parseCmdline } from "./proc-text.ts";
import { decodeText } from "./text.ts";

/** Why a fact could not be had: `"ENOENT"` or `"ESRCH"` when the task is gone, `"EACCES"`, or `"empty"`. */
export interface Unavailable {
  readonly missing: string;
}

/** Arguments, and how many bytes of them were left unread. */
export interface Cmdline {
  readonly argv: readonly string[];
  /** 0 when all were read. */
  readonly truncatedBytes: number;
}

const EMPTY: Unavailable = { missing: "empty" };
/** Bytes of arguments kept of one task. */
const ARGV_LIMIT = 65_536;

/**
 * Reads /proc, one file a call, synchronously and into memory allocated once: the task may be gone a moment later, so
 * every answer may be `Unavailable`. Not for use from several threads at once.
 */
export class ProcReader {
  readonly #root: string;
  readonly #buffer: Uint8Array = new Uint8Array(new ArrayBuffer(ARGV_LIMIT));
  /** The control groups that were read last, and what came of them: the next task is in the same, most often. */
  #groups = "";
  #group: string | Unavailable = EMPTY;

  /** @param root where /proc is mounted (default `/proc`) */
  constructor(root = "/proc") {
    this.#root = root;
  }

  stat(pid: number): ProcStat | Unavailable {
    return this.#parsed(`${pid}/stat`, parseStat);
  }

  threadStat(tgid: number, tid: number): ProcStat | Unavailable {
    return this.#parsed(`${tgid}/task/${tid}/stat`, parseStat);
  }

  status(pid: number): ProcStatus | Unavailable {
    return this.#parsed(`${pid}/status`, parseStatus);
  }

  /** `empty` for kernel threads, zombies, and a task in the middle of its exit. */
  cmdline(pid: number): Cmdline | Unavailable {
    return this.#open(`${pid}/cmdline`, (fd) => {
      const n = fill(fd, this.#buffer);
      if (n === 0) return { missing: "empty" };
      const argv = parseCmdline(this.#buffer.subarray(0, n));
      return { argv, truncatedBytes: n < this.#buffer.length ? 0 : countRest(fd) };
    });
  }

  /** Path of the executable; ends in ` (deleted)` when it was unlinked. Another user's needs CAP_SYS_PTRACE. */
  exe(pid: number): string | Unavailable {
    return this.#link(`${pid}/exe`);
  }

  /** Working directory. Another user's needs CAP_SYS_PTRACE. */
  cwd(pid: number): string | Unavailable {
    return this.#link(`${pid}/cwd`);
  }

  cgroup(pid: number): string | Unavailable {
    return this.#parsed(`${pid}/cgroup`, this.#cgroupOf);
  }

  /** Process ids present now, ascending. */
  pids(): number[] {
    return numericNames(readdirSync(this.#root));
  }

  /** Thread ids of a process, or none when it is gone. */
  threads(tgid: number): number[] {
    try {
      return numericNames(readdirSync(`${this.#root}/${tgid}/task`));
    } catch (error) {
      const { missing } = unavailable(error);
      if (missing === "ENOENT" || missing === "ESRCH") return [];
      throw error;
    }
  }

  readonly #cgroupOf = (data: Uint8Array): string | Unavailable => {
    const groups = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1");
    if (groups !== this.#groups) {
      this.#group = parseCgroup(data) ?? EMPTY;
      this.#groups = groups;
    }
    return this.#group;
  };

  #parsed<T>(path: string, parse: (data: Uint8Array) => T): T | Unavailable {
    return this.#open(path, (fd) => {
      const n = fill(fd, this.#buffer);
      return n === 0 ? { missing: "empty" } : parse(this.#buffer.subarray(0, n));
    });
  }

  #open<T>(path: string, read: (fd: number) => T): T | Unavailable {
    return attempt(() => {
      const fd = openSync(`${this.#root}/${path}`, "r");
      try {
        return read(fd);
      } finally {
        closeSync(fd);
      }
    });
  }

  #link(path: string): string | Unavailable {
    return attempt(() => decodeText(readlinkSync(`${this.#root}/${path}`, "buffer")));
  }
}

/** Whether a fact could not be had. */
export function isUnavailable(value: unknown): value is Unavailable {
  return typeof value === "object" && value !== null && "missing" in value;
}

/** Reads until the end or until the buffer is full: the kernel gives some files a page at a time. */
function fill(fd: number, buffer: Uint8Array): number {
  let n = 0;
  while (n < buffer.length) {
    const got = readSync(fd, buffer, n, buffer.length - n, null);
    if (got === 0) break;
    n += got;
  }
  return n;
}

function countRest(fd: number): number {
  const scratch = new Uint8Array(ARGV_LIMIT);
  let n = 0;
  for (let got = 1; got > 0; n += got) got = readSync(fd, scratch, 0, scratch.length, null);
  return n;
}

/**
 * Runs a read that fails as often as not. Its errors are caught here, so they need no stack: capturing one took 30 of the
 * 37 µs that a task already gone costs.
 */
function attempt<T>(read: () => T): T | Unavailable {
  const limit = Error.stackTraceLimit;
  setStackTraceLimit(0);
  try {
    return read();
  } catch (error) {
    return unavailable(error);
  } finally {
    setStackTraceLimit(limit);
  }
}

/** Does nothing where the intrinsics are frozen. */
function setStackTraceLimit(limit: number): void {
  Reflect.set(Error, "stackTraceLimit", limit);
}

function unavailable(error: unknown): Unavailable {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return { missing: error.code };
  }
  throw error;
}

function numericNames(names: readonly string[]): number[] {
  return names
    .filter((name) => /^\d+$/u.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}
