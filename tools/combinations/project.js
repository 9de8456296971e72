// @ts-check
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./tarballs.js";

/**
 * Makes an empty project outside the workspace and installs packages there from tarballs, without running a script of theirs.
 *
 * @param {"npm" | "pnpm"} manager
 * @param {readonly string[]} names packages, by short name
 * @param {ReadonlyMap<string, string>} tarballs by package name
 * @param {readonly string[]} options of the manager besides
 * @returns {string} its directory
 */
export function makeProject(manager, names, tarballs, options = []) {
  const directory = mkdtempSync(join(tmpdir(), "task-watchers-combination-"));
  const files = Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:${path}`]));
  const wanted = names.map((name) => `@task-watchers/${name}`);
  const manifest = {
    name: "combination",
    private: true,
    type: "module",
    dependencies: Object.fromEntries(wanted.map((name) => [name, files[name]])),
    // What packages want of each other is not published yet either.
    ...(manager === "npm" && { overrides: files }),
  };
  writeFileSync(join(directory, "package.json"), JSON.stringify(manifest));
  if (manager === "pnpm") {
    writeFileSync(join(directory, "pnpm-workspace.yaml"), JSON.stringify({ overrides: files }));
  }
  const quiet = manager === "npm" ? ["--no-audit", "--no-fund"] : ["--reporter=silent"];
  const args = ["install", "--ignore-scripts", "--prefer-offline", ...quiet, ...options];
  run(manager, args, directory);
  mkdirSync(join(directory, "src"));
  const workloads = fileURLToPath(new URL("workloads", import.meta.url));
  for (const file of readdirSync(workloads)) {
    copyFileSync(join(workloads, file), join(directory, "src", file));
  }
  return directory;
}

/**
 * Bytes that are installed, without what links to them.
 *
 * @param {string} directory
 * @returns {number}
 */
export function sizeOf(directory) {
  let bytes = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) bytes += sizeOf(path);
    else if (entry.isFile()) bytes += statSync(path).size;
  }
  return bytes;
}
