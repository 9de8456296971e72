import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { cacheDirectory } from "./cache-directory.ts";

const workspace = resolve(import.meta.dirname, "../../..");
const SCOPE = "@task-watchers/";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * Installs packages of this workspace as a user would have them, compiled and without the sources' export condition,
 * so that a child process can import them on any Node.js. Made anew when a source has changed.
 *
 * @param packages folder names under packages/; what they depend on comes along
 * @returns a directory to run `node` in; any user may read it
 */
export function installed(...packages: string[]): string {
  const folders = closure(packages);
  const root = join(cacheDirectory(), `installed-${fingerprint(folders)}`);
  if (existsSync(root)) return root;
  const temporary = mkdtempSync(`${root}.`);
  const compiled = join(temporary, "compiled");
  compile(folders, compiled);
  const modules = join(temporary, "node_modules");
  for (const folder of folders) install(folder, modules, join(compiled, folder, "src"));
  rmSync(compiled, { recursive: true });
  // Or a package.json somewhere above would be this directory's, and its name and type would count here.
  writeFileSync(join(temporary, "package.json"), "{}\n");
  execFileSync("chmod", ["-R", "a+rX", temporary]);
  try {
    renameSync(temporary, root);
  } catch (error) {
    // Another run was faster.
    if (!existsSync(root)) throw error;
    rmSync(temporary, { recursive: true });
  }
  return root;
}

function install(folder: string, modules: string, compiled: string): void {
  const from = join(workspace, "packages", folder);
  const to = join(modules, manifest(folder).name);
  mkdirSync(to, { recursive: true });
  cpSync(join(from, "package.json"), join(to, "package.json"));
  for (const name of Object.keys(manifest(folder).dependencies ?? {})) {
    if (name.startsWith(SCOPE)) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    if (existsSync(join(modules, name))) continue;
    symlinkSync(realpathSync(join(from, "node_modules", name)), join(modules, name));
  }
  renameSync(compiled, join(to, "dist"));
}

/**
 * Only erases types: whether they are right is another test's question, and this is fast. All at once: a compiler for each would have
 * taken up most of a test's time on a busy machine.
 */
function compile(folders: readonly string[], to: string): void {
  const tsc = join(
    dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
    "bin/tsc",
  );
  const options = [
    ["--noCheck", "--ignoreConfig", "--types", ""],
    ["--module", "nodenext", "--target", "es2023"],
    ["--rewriteRelativeImportExtensions", "--verbatimModuleSyntax"],
    ["--rootDir", join(workspace, "packages"), "--outDir", to],
  ].flat();
  const files = folders.flatMap((folder) => sources(folder));
  execFileSync(process.execPath, [tsc, ...options, ...files], { stdio: "pipe" });
}

function closure(packages: readonly string[]): string[] {
  const found = new Set(packages);
  for (const folder of found) {
    for (const name of Object.keys(manifest(folder).dependencies ?? {})) {
      if (name.startsWith(SCOPE)) found.add(name.slice(SCOPE.length));
    }
  }
  return [...found].sort();
}

function manifest(folder: string): Manifest {
  const path = join(workspace, "packages", folder, "package.json");
  return JSON.parse(readFileSync(path, "utf8")) as Manifest;
}

function sources(folder: string): string[] {
  const src = join(workspace, "packages", folder, "src");
  return readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !/\.(?:test|fixture)\.ts$/u.test(name))
    .sort()
    .map((name) => join(src, name));
}

function fingerprint(folders: readonly string[]): string {
  const hash = createHash("sha256");
  for (const folder of folders) {
    hash.update(JSON.stringify(manifest(folder)));
    for (const path of sources(folder)) hash.update(path).update(readFileSync(path));
  }
  // How it is installed counts as well.
  hash.update(readFileSync(import.meta.filename));
  return hash.digest("hex").slice(0, 16);
}
