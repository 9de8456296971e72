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
import { dirname, join, resolve } from "node:path";
import { cacheDirectory } from "./cache-directory.ts";

const workspace = resolve(import.meta.dirname, "../../..");
const BUNDLER = join(workspace, "tools/bundle");
const SCOPE = "@task-watchers/";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * Installs packages of this workspace as a user would have them, bundled and without the sources' export condition,
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
  const bundled = join(temporary, "bundled");
  bundle(folders, bundled);
  const modules = join(temporary, "node_modules");
  for (const folder of folders) install(folder, modules, join(bundled, folder));
  rmSync(bundled, { recursive: true });
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

function install(folder: string, modules: string, bundled: string): void {
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
  renameSync(bundled, join(to, "dist"));
}

/** As the build does, without its types: whether they are right is another test's question. */
function bundle(folders: readonly string[], to: string): void {
  const places = folders.flatMap((folder) => [
    join(workspace, "packages", folder),
    join(to, folder),
  ]);
  execFileSync(process.execPath, [join(BUNDLER, "run.js"), ...places], { stdio: "pipe" });
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
  for (const name of readdirSync(BUNDLER)) {
    if (name.endsWith(".js")) hash.update(readFileSync(join(BUNDLER, name)));
  }
  return hash.digest("hex").slice(0, 16);
}
