import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { taskWatchers } from "@task-watchers/chain";
import { UsageError } from "../usage-error.ts";

const SHORT_NAME = /^[a-z][a-z0-9-]*$/u;

/**
 * Imports watcher packages, which register themselves: by short name (`delayacct`), package name, or path.
 *
 * @returns the names of their modules
 * @throws UsageError when one cannot be found, or registers nothing
 */
export async function loadWatchers(names: readonly string[]): Promise<ReadonlySet<string>> {
  const modules = new Set<string>();
  for (const name of names) for (const module of await loadWatcher(name)) modules.add(module);
  return modules;
}

async function loadWatcher(name: string): Promise<string[]> {
  const before = new Set(taskWatchers.list().map((module) => module.name));
  await importWatcher(name);
  const shortName = name.replace(/^.*\//u, "");
  const modules = taskWatchers.list().map((module) => module.name);
  const its = modules.filter((module) => !before.has(module) || module === shortName);
  if (its.length > 0) return its;
  throw new UsageError(
    `--with ${name}: it was imported but registered no watcher; a watcher calls taskWatchers.load(module) when imported`,
  );
}

/** How long an import may take, milliseconds: it may wait at its top level for something that never comes. */
const IMPORT_MS = 10_000;

async function importInTime(name: string, url: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new UsageError(
      `--with ${name}: its import did not end within ${IMPORT_MS / 1000} s`,
    );
    timer = setTimeout(() => reject(error), IMPORT_MS);
  });
  await Promise.race([import(url), late]).finally(() => clearTimeout(timer));
}

async function importWatcher(name: string): Promise<void> {
  const candidates = candidatesOf(name);
  for (const candidate of candidates) {
    const url = locate(candidate);
    if (url === undefined) continue;
    await importInTime(name, url);
    return;
  }
  if (existsSync(name))
    throw new UsageError(`--with ${name}: for the file of that name say ./${name}`);
  const hint = SHORT_NAME.test(name) ? `; install it with: npm install @task-watchers/${name}` : "";
  throw new UsageError(`--with ${name}: found no ${candidates.join(" nor ")}${hint}`);
}

function candidatesOf(name: string): string[] {
  if (name.startsWith(".") || name.startsWith("/")) return [resolve(name)];
  return SHORT_NAME.test(name) ? [`@task-watchers/${name}`, name] : [name];
}

/** Where a module is: as this package sees it, or as the user's directory does. */
function locate(candidate: string): string | undefined {
  const fromUser = createRequire(pathToFileURL(resolve("index.js")));
  const ways = [
    () => import.meta.resolve(candidate),
    () => pathToFileURL(fromUser.resolve(candidate)).href,
    () => importOnly(candidate),
  ];
  for (const way of candidate.startsWith("/") ? ways.slice(1) : ways) {
    try {
      return way();
    } catch {
      // The next way may find it.
    }
  }
  return undefined;
}

/** Packages for `import` alone cannot be found by `require.resolve`: their manifest says where they begin. */
function importOnly(candidate: string): string {
  for (let dir = resolve("."); ; dir = dirname(dir)) {
    const manifest = join(dir, "node_modules", candidate, "package.json");
    if (existsSync(manifest)) {
      const { exports }: { exports?: unknown } = JSON.parse(readFileSync(manifest, "utf8"));
      return new URL(entryOf(exports), pathToFileURL(manifest)).href;
    }
    if (dir === dirname(dir)) throw new Error(`no ${candidate}`);
  }
}

/** The file that `import` of the package itself means. */
function entryOf(exports: unknown): string {
  if (typeof exports === "string") return exports;
  if (typeof exports === "object" && exports !== null) {
    for (const [key, value] of Object.entries(exports)) {
      if ([".", "node", "import", "default"].includes(key)) return entryOf(value);
    }
  }
  throw new Error("no entry for import");
}
