import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSemaphoreTable } from "@task-watchers/linux";
import { openSemaphores } from "../set/open-semaphores.ts";
import { freshKey } from "../set/sets.fixture.ts";
import type { SemaphoreSet } from "../set/types.ts";

/** A set for a test, which another process can open by its key, gone after it whatever happens. */
export async function withSet(
  initial: number,
  body: (set: SemaphoreSet, key: number) => Promise<void>,
): Promise<void> {
  const key = freshKey();
  const set = await openSemaphores({ key, create: true, exclusive: true, count: 1, initial });
  try {
    await body(set, key);
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
