import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { SemaphoreError } from "../set/semaphore-error.ts";
import { codeOf } from "../undo/give-back.ts";

/** Larger than this it is none of our files, bytes. */
const SIZE_LIMIT = 4096;
const EACCES = 13;
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** What is at a path. */
export interface FoundFile {
  /** Absent when it is no file with a JSON object in it. */
  readonly object?: Readonly<Record<string, unknown>>;
}

/** Files of a directory that others may have been at. No symbolic link is followed. */
export class SafeFiles {
  readonly #mode: number;

  /** @param mode permission bits of files; directories get search permission to go with read */
  constructor(mode: number) {
    this.#mode = mode;
  }

  /**
   * Makes the directory if it is not there; it must be one that only we, root, or whom `mode` lets can write.
   *
   * @throws SemaphoreError `EACCES`; an error of the file system
   */
  directory(path: string): void {
    for (;;) {
      try {
        mkdirSync(path, { mode: 0o700 });
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
        if (this.#isThere(() => this.check(path))) return;
        continue;
      }
      const mode = this.#mode | ((this.#mode & 0o444) >> 2);
      if (this.#isThere(() => chmodSync(path, mode))) return;
    }
  }

  /** As `directory`, for one that must be there. @throws also `ENOENT` */
  check(path: string): void {
    const stat = lstatSync(path);
    const isShared = (this.#mode & 0o022) !== 0;
    const owners = [0, process.geteuid?.()];
    const isOwned = isShared || owners.includes(stat.uid);
    const isOpen = (stat.mode & 0o022 & ~this.#mode) !== 0;
    if (stat.isDirectory() && isOwned && !isOpen) return;
    throw new SemaphoreError("open", EACCES, {
      hint: `${path} must be a directory of ours or root's in which nobody else can write; give another directory`,
    });
  }

  /** The object in a JSON file; undefined when there is none, or it is something else. */
  read(path: string): Readonly<Record<string, unknown>> | undefined {
    return this.find(path)?.object;
  }

  /** A JSON file; undefined when there is none. Without an object when it is something else. */
  find(path: string): FoundFile | undefined {
    let fd: number;
    try {
      fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      const code = codeOf(error);
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      if (code === "ELOOP") return {};
      throw error;
    }
    try {
      if (!fstatSync(fd).isFile()) return {};
      const data = Buffer.alloc(SIZE_LIMIT);
      const value: unknown = JSON.parse(data.toString("utf8", 0, readSync(fd, data)));
      return typeof value === "object" && value !== null ? { object: { ...value } } : {};
    } catch (error) {
      if (error instanceof SyntaxError) return {};
      throw error;
    } finally {
      closeSync(fd);
    }
  }

  /** Makes a JSON file, whole from the moment it is there. @returns false when there is one already */
  make(path: string, value: object): boolean {
    const temporary = `${path}.${randomBytes(8).toString("hex")}.new`;
    const fd = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      fchmodSync(fd, this.#mode);
      writeSync(fd, JSON.stringify(value));
      linkSync(temporary, path);
      return true;
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      throw error;
    } finally {
      closeSync(fd);
      this.remove(temporary);
    }
  }

  /** Content to be there when it is. */
  remove(path: string): void {
    try {
      unlinkSync(path);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
    }
  }

  /** Names in a directory, sorted; none when it is not there. */
  names(path: string): string[] {
    try {
      return readdirSync(path).sort();
    } catch (error) {
      if (codeOf(error) === "ENOENT") return [];
      throw error;
    }
  }

  /** Names of the directories in a directory, sorted; links are none. */
  directories(path: string): string[] {
    try {
      const entries = readdirSync(path, { withFileTypes: true });
      return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
    } catch (error) {
      if (codeOf(error) === "ENOENT") return [];
      throw error;
    }
  }

  /** @returns false when another has removed it meanwhile */
  #isThere(step: () => void): boolean {
    try {
      step();
      return true;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    }
  }
}
