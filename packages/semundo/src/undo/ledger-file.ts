import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { SemaphoreError } from "../set/semaphore-error.ts";
import { codeOf } from "./give-back.ts";
import { HostLock } from "./host-lock.ts";
import {
  entryLine,
  headerLine,
  type LedgerEntry,
  type LedgerHeader,
  parseEntry,
  parseHeader,
} from "./ledger-line.ts";
import { bootId } from "./process-identity.ts";

/** Larger than this it is no ledger of ours, bytes. */
const SIZE_LIMIT = 67_108_864;
/** Lines below which rewriting is not worth it. */
const REWRITE_MIN_LINES = 1000;
const [EACCES, EBUSY, EINVAL] = [13, 16, 22];
const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDWR, O_WRONLY } = constants;

/**
 * The file of a ledger: JSON lines, of which the last about a process and a set counts. Rewritten when most of it is history.
 * One process has it at a time; its lock opens when that process dies.
 */
export class LedgerFile {
  readonly #path: string;
  readonly #lock: HostLock;
  readonly #header: LedgerHeader;
  readonly #state = new Map<string, LedgerEntry>();
  #fd: number;
  #lines = 0;
  /** Lines at which most of the file is history. */
  #rewriteAt = REWRITE_MIN_LINES;
  /** Lines that say nothing, as after a crash in the middle of one. */
  readonly skipped: number;

  /**
   * @throws SemaphoreError `EBUSY` when a living process has it, `EINVAL` when it is no ledger, `EACCES` when others may change
   *   it; an error of the file system, `ELOOP` for a symbolic link
   */
  constructor(path: string) {
    this.#path = path;
    const world = `${bootId()} ${readlinkSync("/proc/self/ns/ipc")}`;
    const first = readLedger(path, world);
    this.#lock = new HostLock(first.header.lock, 0o600);
    if (!this.#lock.tryTake()) {
      throw refusal(EBUSY, `${path} is the ledger of a process that runs; give each its own`);
    }
    try {
      // Once more: it may have been rewritten until it was ours.
      const { header, entries, skipped } = readLedger(path, world);
      this.skipped = skipped;
      this.#header = { lock: header.lock, world };
      if (header.world === world) for (const entry of entries) this.#apply(entry);
      this.#fd = this.#rewritten();
    } catch (error) {
      this.#lock.give();
      throw error;
    }
  }

  /** What the file says is held. */
  entries(): LedgerEntry[] {
    return Array.from(this.#state.values());
  }

  /** @throws an error of the file system, such as `ENOSPC` */
  note(entry: LedgerEntry): void {
    this.#apply(entry);
    writeSync(this.#fd, entryLine(entry));
    if (++this.#lines <= this.#rewriteAt) return;
    // Where there is no room for a new file the old one is still good; it is tried again much later.
    this.#rewriteAt = this.#lines * 2;
    const next = this.#rewritten();
    closeSync(this.#fd);
    this.#fd = next;
  }

  /** Safe once. The file stays. */
  close(): void {
    try {
      closeSync(this.#fd);
    } finally {
      this.#lock.remove();
    }
  }

  #apply(entry: LedgerEntry): void {
    const key = `${entry.process.pid}.${entry.process.startTicks} ${entry.set}`;
    if (entry.adjusts.length === 0) this.#state.delete(key);
    else this.#state.set(key, entry);
  }

  /** @returns a descriptor to append with */
  #rewritten(): number {
    const temporary = `${this.#path}.new`;
    remove(temporary);
    const fd = openSync(temporary, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      writeSync(fd, headerLine(this.#header) + this.entries().map(entryLine).join(""));
      renameSync(temporary, this.#path);
    } catch (error) {
      closeSync(fd);
      remove(temporary);
      throw error;
    }
    this.#lines = this.#state.size;
    this.#rewriteAt = REWRITE_MIN_LINES + 4 * this.#state.size;
    return fd;
  }
}

interface Ledger {
  readonly header: LedgerHeader;
  readonly entries: readonly LedgerEntry[];
  readonly skipped: number;
}

/** Reads it, and makes it if there is none. */
function readLedger(path: string, world: string): Ledger {
  let fd: number;
  try {
    fd = openSync(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    make(path, { lock: HostLock.newKey(), world });
    fd = openSync(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  }
  try {
    const { uid, mode, size } = fstatSync(fd);
    if (!fstatSync(fd).isFile()) throw refusal(EINVAL, `${path} is no regular file`);
    if (uid !== process.geteuid?.() || (mode & 0o077) !== 0) {
      throw refusal(EACCES, `${path} must be ours alone: chown it to us, and chmod 600`);
    }
    if (size > SIZE_LIMIT) throw refusal(EINVAL, `${path} is larger than a ledger can be`);
    return parse(path, readFileSync(fd, "utf8"));
  } finally {
    closeSync(fd);
  }
}

function parse(path: string, text: string): Ledger {
  const [first = "", ...lines] = text.split("\n");
  const header = parseHeader(first);
  if (header === undefined) {
    throw refusal(EINVAL, `${path} is no ledger of this version; name another file, or remove it`);
  }
  // What follows the last line's end is empty, or a line cut off.
  const texts = lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  const entries = texts.map(parseEntry).filter((entry) => entry !== undefined);
  return { header, entries, skipped: texts.length - entries.length };
}

/** Whole from the moment it is there. */
function make(path: string, header: LedgerHeader): void {
  const temporary = `${path}.${process.pid}.new`;
  remove(temporary);
  const fd = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    writeSync(fd, headerLine(header));
    linkSync(temporary, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    closeSync(fd);
    remove(temporary);
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

function refusal(errno: number, hint: string): SemaphoreError {
  return new SemaphoreError("open", errno, { hint });
}
