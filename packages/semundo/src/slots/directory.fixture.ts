import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { removeUnusedSlots } from "./list-slots.ts";

/** A directory of its own for a test. When it ends, neither a name nor a semaphore may be left. */
export async function withDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "semundo-slots-"));
  const directory = join(parent, "slots");
  try {
    await body(directory);
    await removeUnusedSlots({ directory });
    expect(existsSync(directory)).toBe(false);
  } finally {
    await removeUnusedSlots({ directory });
    rmSync(parent, { recursive: true });
  }
}
