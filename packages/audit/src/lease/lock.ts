import { tryLockFile } from "@task-watchers/linux";
import { closeSync, constants, openSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Whoever changes leases holds this file locked for that moment. */
export const LOCK_FILE = "/run/task-watchers-audit.lock";
/** How often it is tried for. */
const TRY_EVERY_MS = 5;
/** How long: whoever holds it has a few requests to make. */
const GIVE_UP_MS = 10_000;

/**
 * Does something while nobody else changes leases. The lock ends with the process, in whatever way. Who may not write to /run
 * goes on without it.
 *
 * @throws Error `ETIMEDOUT` when somebody has held it for 10 s
 */
export async function alone<T>(work: () => Promise<T>, path: string = LOCK_FILE): Promise<T> {
  const fd = open(path);
  if (fd === undefined) return await work();
  try {
    const end = performance.now() + GIVE_UP_MS;
    while (!tryLockFile(fd)) {
      if (performance.now() > end) {
        const message = `${path} has been locked for ${GIVE_UP_MS} ms by another process`;
        throw Object.assign(new Error(message), { code: "ETIMEDOUT" });
      }
      await delay(TRY_EVERY_MS);
    }
    return await work();
  } finally {
    closeSync(fd);
  }
}

function open(path: string): number | undefined {
  try {
    const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
    return openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  } catch {
    return undefined;
  }
}
