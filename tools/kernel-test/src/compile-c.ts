import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "./cache-directory.ts";

/**
 * Compiles a C program once, however many tests and runs ask for it.
 *
 * @param flags further arguments for `cc`, such as `-static`
 * @returns path of the program; any user may run it
 * @throws Error with what the compiler said
 */
export function compileC(source: string, name: string, flags: readonly string[] = []): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([source, flags]))
    .digest("hex");
  const path = join(cacheDirectory(), `${name}-${hash.slice(0, 16)}`);
  if (existsSync(path)) return path;
  const temporary = `${path}.${process.pid}`;
  const args = ["-x", "c", "-O1", "-Wall", "-pthread", ...flags, "-o", temporary, "-"];
  const { status, stderr, error } = spawnSync("cc", args, { input: source, encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`cc could not compile ${name}:\n${stderr}`);
  renameSync(temporary, path);
  return path;
}
