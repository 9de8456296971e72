// @ts-check
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Packs every package that is published.
 *
 * @param {string} directory where the tarballs go
 * @returns {Map<string, string>} tarball by package name
 */
export function packAll(directory) {
  mkdirSync(directory, { recursive: true });
  const tarballs = new Map();
  for (const folder of readdirSync(join(ROOT, "packages"))) {
    const cwd = join(ROOT, "packages", folder);
    const manifest = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8"));
    if (manifest.private) continue;
    const tarball = join(directory, `${folder}.tgz`);
    run("pnpm", ["pack", "--out", tarball], cwd);
    tarballs.set(manifest.name, tarball);
  }
  return tarballs;
}

/**
 * Runs a step that has to succeed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {string} what it wrote to its standard output
 */
export function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    timeout: 180_000,
    // A package manager that runs us tells its settings to those that we run.
    env: Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(?:npm|pnpm)_/iu.test(name)),
    ),
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? `${stdout}${stderr}`.trim()}`);
}
