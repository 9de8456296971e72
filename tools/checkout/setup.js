// @ts-check
/** Makes a checkout ready to run: what a fresh clone on a machine with only Node.js and npm lacks. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const CLI = join(ROOT, "packages/cli/dist/main.js");

/** The environment in which the workspace's tools are found first: for its own work, not for what the user runs. */
export const ENV = {
  ...process.env,
  PATH: [join(ROOT, "node_modules/.bin"), process.env["PATH"]].join(delimiter),
};

/** Installs the dependencies if they are not those of the lock file, and builds what has changed. */
export function setUp() {
  if (!isInstalled()) install();
  build();
}

function isInstalled() {
  // pnpm writes this file last, and copies the lock file it has installed beside it.
  const installed = join(ROOT, "node_modules/.pnpm/lock.yaml");
  if (!existsSync(installed) || !existsSync(join(ROOT, "node_modules/.bin/turbo"))) return false;
  return statSync(join(ROOT, "pnpm-lock.yaml")).mtimeMs <= statSync(installed).mtimeMs;
}

function install() {
  const { devEngines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const pnpm = `pnpm@${devEngines.packageManager.version}`;
  process.stderr.write("installing dependencies…\n");
  step("npx", ["--yes", pnpm, "install", "--frozen-lockfile", "--reporter=append-only"]);
}

function build() {
  if (existsSync(CLI) && !mayWrite()) {
    process.stderr.write("this checkout is not writable: using what was built before\n");
    return;
  }
  step("turbo", ["run", "build", "--output-logs=errors-only"]);
}

/** Whether this user may write where a build writes. */
function mayWrite() {
  return [ROOT, join(ROOT, ".turbo"), dirname(CLI)].every((folder) => {
    if (!existsSync(folder)) return true;
    try {
      accessSync(folder, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function step(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: ROOT,
    env: ENV,
    encoding: "utf8",
  });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`);
  process.stderr.write(`${command} ${args.join(" ")} failed${error ? `: ${error.message}` : ""}\n`);
  process.exit(1);
}
