// @ts-check
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * What is fetched once and kept: everybody may read it, since some tests run programs as another user; only this user may
 * write it.
 *
 * @throws Error when somebody else has made it first
 */
export function cacheFolder() {
  const base = process.env["XDG_CACHE_HOME"] || tmpdir();
  const uid = process.geteuid?.() ?? 0;
  const folder = join(base, `task-watchers-platforms-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const found = lstatSync(folder);
  const ours = found.uid === uid && (found.mode & 0o170022) === 0o040000;
  if (!ours) throw new Error(`${folder} is not a directory that only this user can write`);
  return folder;
}
