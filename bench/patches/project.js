// @ts-check
/**
 * What is built: the kernel of Debian's linux-source package, as small as it can be configured (tinyconfig), or a part of it. Source
 * and objects are kept in the user's cache.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { cpus, homedir } from "node:os";
import { join } from "node:path";
import { install, isInstalled } from "../measuring/installed.js";

/** @typedef {{ readonly title: string, readonly command: readonly string[], renew(): void }} Project */

const TOOLS = ["make", "gcc", "flex", "bison", "bc"];
/** For a build of seconds, which still is a hundred compilers. */
const QUICK_PARTS = ["kernel/locking/", "kernel/irq/", "kernel/rcu/", "ipc/"];

/**
 * Fetches what is to be built, unless it is there, and prepares it.
 *
 * @param {{ isQuick: boolean, isInstalling: boolean }} options
 * @returns {Project}
 */
export function openProject({ isQuick, isInstalling }) {
  const missing = TOOLS.filter((tool) => !isInstalled(tool));
  if (isInstalling && missing.length > 0) install(missing);
  const lacking = TOOLS.filter((tool) => !isInstalled(tool));
  if (lacking.length > 0) {
    throw new Error(`a kernel is built with ${lacking.join(", ")}: install them, or give --peers`);
  }
  const cache = join(
    process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
    "task-watchers-bench",
  );
  mkdirSync(cache, { recursive: true });
  const { source, name } = kernelSource(cache);
  const objects = join(cache, "objects");
  const prepared = join(cache, `prepared-${name}`);
  const jobs = `-j${cpus().length}`;
  const make = ["make", "-s", "-C", source, `O=${objects}`];
  if (!existsSync(prepared)) {
    rmSync(objects, { recursive: true, force: true });
    mkdirSync(objects);
    mustRun([...make, "tinyconfig"]);
    mustRun([...make, jobs, "prepare"]);
    renameSync(objects, prepared);
  }
  return {
    title: `${name}, tinyconfig, make ${jobs}${isQuick ? ` ${QUICK_PARTS.join(" ")}` : ""}`,
    command: [...make, jobs, ...(isQuick ? QUICK_PARTS : [])],
    renew() {
      rmSync(objects, { recursive: true, force: true });
      cpSync(prepared, objects, {
        recursive: true,
        preserveTimestamps: true,
        verbatimSymlinks: true,
      });
      // What the disk has to do for this is not the build's.
      mustRun(["sync", "-f", objects]);
    },
  };
}

/** @param {string} cache */
function kernelSource(cache) {
  const found = readdirSync(cache).find((name) => /^linux-source-\d[\w.]*$/u.test(name));
  if (found !== undefined) return { source: join(cache, found), name: found };
  const name = sourcePackage();
  process.stderr.write(`fetching ${name}\n`);
  mustRun(["apt-get", "download", "-q", name], cache);
  const archive = readdirSync(cache).find((file) => file.startsWith(`${name}_`));
  const partial = join(cache, `${name}.partial`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial);
  const inner = `./usr/src/${name}.tar.xz`;
  mustRun([
    ...[
      "sh",
      "-ec",
      'dpkg-deb --fsys-tarfile "$1" | tar -xO "$2" | tar -xJ -C "$3" --strip-components=1',
    ],
    ...["sh", join(cache, archive ?? ""), inner, partial],
  ]);
  renameSync(partial, join(cache, name));
  rmSync(join(cache, archive ?? ""));
  return { source: join(cache, name), name };
}

/** The package that Debian's linux-source stands for. */
function sourcePackage() {
  const said = mustRun(["apt-cache", "depends", "--important", "linux-source"]);
  const [name] = /linux-source-\d\S*/u.exec(said) ?? [];
  if (name === undefined) {
    throw new Error("apt-cache knows no linux-source: this wants Debian, and apt-get update");
  }
  return name;
}

/** @param {readonly string[]} command @param {string} [cwd] */
function mustRun([file = "", ...args], cwd) {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${status}:\n${stderr}`);
  return stdout;
}
