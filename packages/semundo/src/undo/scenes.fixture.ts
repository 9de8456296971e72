import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSemaphoreTable } from "@task-watchers/linux";
import { openSemaphores } from "../set/open-semaphores.ts";
import type { SemaphoreSet } from "../set/types.ts";

/** A private set for a test, gone after it whatever happens. */
export async function withSet(
  initial: number,
  body: (set: SemaphoreSet) => Promise<void>,
): Promise<void> {
  const set = await openSemaphores({ private: true, count: 1, initial });
  try {
    await body(set);
  } finally {
    if (readSemaphoreTable().some(({ id }) => id === set.id)) set.remove();
    await set.close();
  }
}

/** A directory for a test, gone after it. */
export async function withDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "semundo-"));
  try {
    await body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A child that does nothing. */
export function sleeper(): ChildProcess {
  return spawn("sleep", ["60"], { stdio: "ignore" });
}

/** Kills it, and waits until Node.js knows. */
export async function killed(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Looks every few milliseconds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
