import { existsSync, readlinkSync, rmSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { SemaphoreError } from "../set/semaphore-error.ts";
import { codeOf } from "../undo/give-back.ts";
import { HostLock } from "../undo/host-lock.ts";
import { bootId } from "../undo/process-identity.ts";
import { checkDirectory, checkMode, isName } from "./arguments.ts";
import { SafeFiles } from "./safe-files.ts";

/** How long another may keep the lock of a directory: it does a few calls with it. Milliseconds. */
const LOCK_MS = 5000;
const LOCK = ".lock";
const EINVAL = 22;
/** Boot id and IPC namespace, as `Place` names its directory. */
const WORLD = /^([0-9a-f-]{36})\.\d+$/u;

/** Memory of the host that lives as long as its semaphores do, and is not tidied up by age. */
const SHARED_MEMORY = "/dev/shm";

/**
 * Where slots are kept when nobody says so. Nothing of the environment counts: a shell and a service of the same user mean the
 * same slots.
 */
export function defaultDirectory(): string {
  const uid = process.geteuid?.();
  if (uid === 0) return "/run/task-watchers-slots";
  return join(existsSync(SHARED_MEMORY) ? SHARED_MEMORY : "/tmp", `task-watchers-slots-${uid}`);
}

/**
 * The records of this boot and IPC namespace: keys of semaphores mean nothing in another. A directory for each name, and a
 * lock for the making and removing of names.
 */
export class Place {
  readonly files: SafeFiles;
  readonly #base: string;
  readonly #path: string;
  readonly #mode: number;

  constructor(directory?: string, mode = 0o600) {
    checkMode(mode);
    if (directory !== undefined) checkDirectory(directory);
    this.#base = directory ?? defaultDirectory();
    const [ipc = "0"] = /\d+/u.exec(readlinkSync("/proc/self/ns/ipc")) ?? [];
    this.#path = join(this.#base, `${bootId()}.${ipc}`);
    this.#mode = mode;
    this.files = new SafeFiles(mode);
  }

  /** Directory of a name. */
  of(name: string): string {
    return join(this.#path, name);
  }

  /** The names there are, sorted. @throws SemaphoreError `EACCES` when others could have written them */
  names(): string[] {
    const names = this.files.directories(this.#path).filter(isName);
    if (names.length === 0) return names;
    const isThere = this.#attempt(() => {
      for (const path of [this.#base, this.#path]) this.files.check(path);
    });
    return isThere ? names : [];
  }

  /**
   * Runs a step that makes or removes names, one process at a time. The lock opens by itself when its owner dies.
   *
   * @throws SemaphoreError `ETIMEDOUT` when another keeps it, `EACCES` for a directory that others can write, `EINVAL` when
   *   there is something else in place of the lock
   */
  async locked<T>(step: () => Promise<T> | T): Promise<T> {
    const { lock, key } = await this.#lock();
    try {
      return await step();
    } finally {
      try {
        if (this.#isEmpty()) this.#leave(lock, key);
      } finally {
        lock.give();
      }
    }
  }

  async #lock(): Promise<{ readonly lock: HostLock; readonly key: number }> {
    for (;;) {
      this.#prepare();
      const key = this.#key();
      if (key === undefined) {
        // Whoever is first makes it. It is never removed to be made anew: by now it may be the lock that another is in.
        this.#attempt(() => this.files.make(this.#lockPath, { key: HostLock.newKey() }));
        continue;
      }
      const lock = new HostLock(key, this.#mode);
      await lock.take(LOCK_MS, this.#path);
      try {
        if (this.#key() === key) return { lock, key };
      } catch (error) {
        lock.give();
        throw error;
      }
      // The last to leave has taken file and directory along.
      lock.remove();
    }
  }

  /** Key of the lock; undefined when there is none. @throws SemaphoreError `EINVAL` when something else is there */
  #key(): number | undefined {
    const found = this.files.find(this.#lockPath);
    if (found === undefined) return undefined;
    const key = found.object?.["key"];
    if (typeof key === "number" && Number.isInteger(key) && key >= 1 && key <= 0x7fff_ffff) {
      return key;
    }
    throw new SemaphoreError("open", EINVAL, {
      hint: `${this.#lockPath} must be a file with the key of the lock; remove it when nobody uses slots there`,
    });
  }

  get #lockPath(): string {
    return join(this.#path, LOCK);
  }

  #prepare(): void {
    this.files.directory(this.#base);
    for (const name of this.files.names(this.#base)) {
      const boot = WORLD.exec(name)?.[1];
      // Nothing of another boot is left but its records.
      if (boot !== undefined && boot !== bootId())
        rmSync(join(this.#base, name), { recursive: true, force: true });
    }
    this.#attempt(() => this.files.directory(this.#path));
  }

  #isEmpty(): boolean {
    return this.files.names(this.#path).every((name) => name === LOCK);
  }

  /** The file first: who has read its key by now sees that it is gone, once it has the lock. */
  #leave(lock: HostLock, key: number): void {
    try {
      // Should somebody have put another there, it is not ours to remove.
      if (this.#key() !== key) return;
      this.files.remove(this.#lockPath);
      removeDirectory(this.#path);
      removeDirectory(this.#base);
    } finally {
      lock.remove();
    }
  }

  /** @returns false when another has removed the directory meanwhile */
  #attempt(step: () => unknown): boolean {
    try {
      step();
      return true;
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      return false;
    }
  }
}

/** Unless something is in it, or it is not ours to remove. */
export function removeDirectory(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // It stays: an empty directory does no harm.
  }
}
