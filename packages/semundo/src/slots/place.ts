import { readlinkSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codeOf } from "../undo/give-back.ts";
import { HostLock } from "../undo/host-lock.ts";
import { bootId } from "../undo/process-identity.ts";
import { checkDirectory, checkMode } from "./arguments.ts";
import { SafeFiles } from "./safe-files.ts";

/** How long another may keep the lock of a directory: it does a few calls with it. Milliseconds. */
const LOCK_MS = 5000;
const LOCK = ".lock";
/** Boot id and IPC namespace, as `Place` names its directory. */
const WORLD = /^([0-9a-f-]{36})\.\d+$/u;

/** Where slots are kept when nobody says so. */
export function defaultDirectory(): string {
  const uid = process.geteuid?.();
  if (uid === 0) return "/run/task-watchers-slots";
  const runtime = process.env["XDG_RUNTIME_DIR"];
  if (runtime?.startsWith("/")) return join(runtime, "task-watchers-slots");
  return join(tmpdir(), `task-watchers-slots-${uid}`);
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
    const names = this.files.names(this.#path).filter((name) => !name.startsWith("."));
    if (names.length > 0) for (const path of [this.#base, this.#path]) this.files.check(path);
    return names;
  }

  /**
   * Runs a step that makes or removes names, one process at a time. The lock opens by itself when its owner dies.
   *
   * @throws SemaphoreError `ETIMEDOUT` when another keeps it, `EACCES` for a directory that others can write
   */
  async locked<T>(step: () => Promise<T> | T): Promise<T> {
    const lock = await this.#lock();
    try {
      return await step();
    } finally {
      if (this.#isEmpty()) this.#leave(lock);
      else lock.give();
    }
  }

  async #lock(): Promise<HostLock> {
    for (;;) {
      this.#prepare();
      const path = join(this.#path, LOCK);
      const key = this.#key();
      if (key === undefined) {
        this.files.remove(path);
        this.#attempt(() => this.files.make(path, { key: HostLock.newKey() }));
        continue;
      }
      const lock = new HostLock(key, this.#mode);
      await lock.take(LOCK_MS, this.#path);
      // The last to leave takes lock and directory along.
      if (this.#key() === key) return lock;
      lock.remove();
    }
  }

  #key(): number | undefined {
    const key = this.files.read(join(this.#path, LOCK))?.["key"];
    return typeof key === "number" && key >= 1 && key <= 0x7fff_ffff ? Math.trunc(key) : undefined;
  }

  #prepare(): void {
    this.files.directory(this.#base);
    for (const name of this.files.names(this.#base)) {
      const boot = WORLD.exec(name)?.[1];
      // Nothing of another boot is left but its records.
      if (boot !== undefined && boot !== bootId())
        rmSync(join(this.#base, name), { recursive: true });
    }
    this.#attempt(() => this.files.directory(this.#path));
  }

  #isEmpty(): boolean {
    return this.files.names(this.#path).every((name) => name === LOCK);
  }

  /** The file first: who has read its key by now sees that it is gone, once it has the lock. */
  #leave(lock: HostLock): void {
    this.files.remove(join(this.#path, LOCK));
    removeDirectory(this.#path);
    removeDirectory(this.#base);
    lock.remove();
  }

  /** Another may remove the directory meanwhile; then once more. */
  #attempt(step: () => unknown): void {
    try {
      step();
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
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
