import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Files of /run: what outlives a process that is killed, and is gone at boot, as what the kernel was told is. Who may not
 * write there goes on without.
 */

/** What such a file says, unchecked; undefined when there is none that can be read. */
export function readRunFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Replaces the whole file in one step. */
export function writeRunFile(path: string, value: unknown): void {
  const temporary = `${path}.${process.pid}`;
  try {
    // What a process of the same pid left that was killed while it wrote.
    rmSync(temporary, { force: true });
    writeFileSync(temporary, JSON.stringify(value), { mode: 0o600, flag: "wx" });
    renameSync(temporary, path);
  } catch {
    removeRunFile(temporary);
  }
}

export function removeRunFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Nor could it be written.
  }
}
