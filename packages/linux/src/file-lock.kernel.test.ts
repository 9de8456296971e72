// Needs: nothing but Linux.
import { kernelTest } from "@task-watchers/kernel-test";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { tryLockFile } from "./file-lock.ts";

kernelTest("tryLockFile() has one holder at a time, until that one closes the file", [], () => {
  const directory = mkdtempSync(join(tmpdir(), "file-lock-"));
  try {
    const path = join(directory, "lock");
    const [first, second] = [openSync(path, "w"), openSync(path, "w")];
    expect(tryLockFile(first)).toBe(true);
    expect(tryLockFile(first)).toBe(true);
    expect(tryLockFile(second)).toBe(false);
    closeSync(first);
    expect(tryLockFile(second)).toBe(true);
    closeSync(second);
    expect(() => tryLockFile(1_000_000)).toThrow(/flock: EBADF/u);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
