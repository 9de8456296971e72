import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A directory under os.tmpdir() that survives the run: everybody may read it, only this user may write it.
 *
 * @throws Error when somebody else has made it first
 */
export function cacheDirectory(): string {
  const path = join(tmpdir(), `task-watchers-kernel-test-${process.geteuid?.() ?? 0}`);
  mkdirSync(path, { recursive: true, mode: 0o755 });
  const { uid, mode } = lstatSync(path);
  const ours = uid === process.geteuid?.() && (mode & 0o170022) === 0o040000;
  if (!ours) throw new Error(`${path} is not a directory that only this user can write`);
  return path;
}
