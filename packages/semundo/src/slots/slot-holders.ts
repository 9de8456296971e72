import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { commandOf, isAlive, ourselves, type ProcessIdentity } from "../undo/process-identity.ts";
import type { SafeFiles } from "./safe-files.ts";

/** Who holds a slot. */
export interface SlotHolder {
  /** Process for whose life it is held. */
  readonly pid: number;
  /** Since when. */
  readonly since: Date;
  /** What that process runs now. Any text at all: never for a terminal as it is. Absent when it cannot be read. */
  readonly command?: readonly string[];
}

/** Name of a file, which says all but the time: pid and start of the holder, of the process that took it, and chance. */
const RECORD = /^holder\.(\d{1,10})\.(\d{1,16})\.(\d{1,10})\.(\d{1,16})\.[0-9a-f]{16}$/u;

/** The records of who holds the slots of a name: a file each. They tell; what counts is the semaphore. */
export class SlotHolders {
  readonly #files: SafeFiles;
  readonly #directory: string;

  constructor(files: SafeFiles, directory: string) {
    this.#files = files;
    this.#directory = directory;
  }

  /** Writes down that the process holds one. @returns what takes it off again; safe twice */
  add(holder: ProcessIdentity | undefined): () => void {
    const own = ourselves();
    const { pid, startTicks } = holder ?? own;
    const chance = randomBytes(8).toString("hex");
    const name = `holder.${pid}.${startTicks}.${own.pid}.${own.startTicks}.${chance}`;
    const path = join(this.#directory, name);
    this.#files.make(path, { since: Date.now() });
    return () => this.#files.remove(path);
  }

  /** Those that live. Records of the dead are removed on the way where that is allowed. */
  list(): SlotHolder[] {
    return this.#files.names(this.#directory).flatMap((name) => {
      const [, pid, start, takerPid, takerStart] = RECORD.exec(name) ?? [];
      if (pid === undefined) return [];
      const path = join(this.#directory, name);
      const holder = { pid: Number(pid), startTicks: Number(start) };
      const taker = { pid: Number(takerPid), startTicks: Number(takerStart) };
      // With either the kernel has taken the slot back.
      if (!isAlive(holder) || !isAlive(taker)) {
        this.#removed(path);
        return [];
      }
      return this.#read(path, holder.pid);
    });
  }

  #read(path: string, pid: number): SlotHolder[] {
    const since = this.#files.read(path)?.["since"];
    if (typeof since !== "number" || Number.isNaN(new Date(since).getTime())) return [];
    const command = commandOf(pid);
    return [{ pid, since: new Date(since), ...(command && { command }) }];
  }

  #removed(path: string): void {
    try {
      this.#files.remove(path);
    } catch {
      // Another user's: it is theirs to remove.
    }
  }
}
