/** How slots of a name are opened. */
export interface SlotsOptions {
  /** How many may be held at a time, 1 to 32767. All who use the name must agree while somebody does. */
  readonly count: number;
  /**
   * Permission bits of the semaphores and the records; read and write go together. Who is let write can hold everything up.
   * (Default: 0o600)
   */
  readonly mode?: number;
  /**
   * Where names are kept. (Default: /run/task-watchers-slots for root, else /dev/shm/task-watchers-slots-UID)
   */
  readonly directory?: string;
}

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/u;

/** Whether slots can have that name. */
export function isName(name: string): boolean {
  return NAME.test(name);
}

/** @throws TypeError or RangeError that says what a name is */
export function checkName(name: string): void {
  if (typeof name === "string" && isName(name)) return;
  const given = typeof name === "string" ? JSON.stringify(name.slice(0, 80)) : typeof name;
  throw new RangeError(
    `a name of slots is 1 to 64 of A-Z, a-z, 0-9, ".", "_", "-", and begins with no ".", got ${given}`,
  );
}

/** @throws TypeError or RangeError that names the option and what would be right */
export function checkOptions({ count, mode = 0o600, directory = "/" }: SlotsOptions): void {
  if (!Number.isInteger(count) || count < 1 || count > 32_767) {
    throw new RangeError(`count must be a whole number from 1 to 32767, got ${String(count)}`);
  }
  checkMode(mode);
  checkDirectory(directory);
}

export function checkMode(mode: number): void {
  if (Number.isInteger(mode) && (mode & ~0o666) === 0 && (mode & 0o600) === 0o600) return;
  throw new RangeError(`mode must be 0o600 to 0o666, got 0o${Number(mode).toString(8)}`);
}

export function checkDirectory(directory: string): void {
  const isPath = typeof directory === "string" && directory.startsWith("/");
  if (isPath && !directory.includes("\0")) return;
  throw new TypeError(`directory must be an absolute path, got ${JSON.stringify(directory)}`);
}
