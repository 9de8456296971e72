// @ts-check
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run } from "../combinations/tarballs.js";

/** @typedef {{ name: string, version: string, directory: string }} Package */

/**
 * Has changesets make the next version in a copy of this checkout: what `changeset version` would do, and nothing of it here.
 *
 * @param {string} copy
 * @returns {{ packages: Package[], changelogs: string[] }} what would be published, and the changelogs made, the longest first
 */
export function nextVersion(copy) {
  for (const path of ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml", ".changeset"]) {
    cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  }
  const folders = ["packages", "tools", "examples", "bench"].flatMap(foldersOf);
  for (const folder of folders) {
    const from = join(ROOT, folder);
    mkdirSync(join(copy, folder), { recursive: true });
    for (const entry of readdirSync(from)) {
      if (entry === "node_modules") continue;
      if (!folder.startsWith("packages/") && entry !== "package.json") continue;
      cpSync(join(from, entry), join(copy, folder, entry), { recursive: true });
    }
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  // changesets compares with a commit.
  for (const args of [
    ["init", "--quiet", "--initial-branch=main"],
    ["add", "--all"],
    ["-c", "user.name=n", "-c", "user.email=n@localhost", "commit", "--quiet", "-m", "copy"],
  ]) {
    run("git", args, copy);
  }
  run("changeset", ["version"], copy);
  const packages = folders
    .filter((folder) => folder.startsWith("packages/"))
    .map((folder) => join(copy, folder))
    .map((directory) => ({ directory, ...JSON.parse(textOf(join(directory, "package.json"))) }))
    .filter((manifest) => !manifest.private)
    .map(({ name, version, directory }) => ({ name, version, directory }));
  const changelogs = packages
    .map(({ directory }) => join(directory, "CHANGELOG.md"))
    .filter((path) => existsSync(path))
    .map(textOf)
    .toSorted((a, b) => b.length - a.length);
  return { packages, changelogs };
}

/** @param {string} path */
function foldersOf(path) {
  if (existsSync(join(ROOT, path, "package.json"))) return [path];
  return readdirSync(join(ROOT, path))
    .map((name) => join(path, name))
    .filter((folder) => existsSync(join(ROOT, folder, "package.json")));
}

/** @param {string} path */
function textOf(path) {
  return readFileSync(path, "utf8");
}
