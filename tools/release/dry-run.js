// @ts-check
/**
 * What a release would be: `npm run release:dry`.
 *
 * Makes the next version in a copy of the manifests, publishes every package to a registry on this machine, and for the command and
 * each watcher: installs it by npm in an empty directory, and watches for the first time. Nothing leaves the machine. Exit status 1
 * when one of them did not work.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sizeOf } from "../combinations/project.js";
import { WATCHERS } from "../combinations/subsets.js";
import { run } from "../combinations/tarballs.js";
import { nextVersion } from "./next-version.js";
import { startRegistry } from "./registry.js";

const work = mkdtempSync(join(tmpdir(), "task-watchers-release-"));
let stop = () => {};
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));
process.on("exit", () => {
  stop();
  rmSync(work, { recursive: true, force: true });
});

const { packages, changelogs } = nextVersion(join(work, "copy"));
console.log(`${packages.length} packages, ${changelogs.length} changelogs\n\n${changelogs[0]}`);
const registry = await startRegistry(work);
stop = registry.stop;
const account = ["--userconfig", registry.npmrc, "--registry", registry.url];
for (const { name, version, directory } of packages) {
  const tarball = join(work, `${name.replace("/", "-")}.tgz`);
  // pnpm packs, as it writes real versions where the sources say workspace:^.
  run("pnpm", ["pack", "--out", tarball], directory);
  run("npm", ["publish", tarball, "--ignore-scripts", "--no-provenance", ...account], work);
  console.log(`published ${name}@${version}`);
}

console.log("\ninstalled and first watched, from an empty directory and an empty cache:\n");
console.log("| package | packages | size | install | first watch | |\n|---|---|---|---|---|---|");
let failed = 0;
for (const watcher of [undefined, ...WATCHERS]) {
  const name = watcher === undefined ? "task-watchers" : `@task-watchers/${watcher}`;
  const directory = join(work, watcher ?? "cli");
  mkdirSync(directory);
  writeFileSync(join(directory, "package.json"), '{"private":true,"type":"module"}');
  const cache = ["--cache", join(work, `cache-${watcher}`), "--no-audit", "--no-fund"];
  const [output, installing] = timed(() =>
    run("npm", ["install", "--ignore-scripts", ...cache, ...account, name], directory),
  );
  const megabytes = sizeOf(join(directory, "node_modules")) / 1e6;
  const [fault, watching] = timed(() => firstWatch(name, watcher, directory));
  if (fault !== undefined) failed++;
  const count = /added (\d+) package/u.exec(output)?.[1] ?? "?";
  const times = `${installing.toFixed(1)} s | ${watching.toFixed(1)} s`;
  console.log(`| ${name} | ${count} | ${megabytes.toFixed(1)} MB | ${times} | ${fault ?? "ok"} |`);
}
stop();
process.exitCode = failed > 0 ? 1 : 0;

/**
 * What was wrong with a first watch: of a command by the command, of a program's own child by a watcher.
 *
 * @param {string} name
 * @param {string | undefined} watcher
 * @param {string} directory
 * @returns {string | undefined}
 */
function firstWatch(name, watcher, directory) {
  const command = ["sh", "-c", "/bin/true; exit 3"];
  writeFileSync(
    join(directory, "program.js"),
    `import { spawnSync } from "node:child_process";
    process.exitCode = spawnSync("sh", ["-c", "/bin/true; exit 3"]).status;`,
  );
  const args =
    watcher === undefined
      ? [join(directory, "node_modules/.bin/task-watchers"), "run", "--", ...command]
      : ["--import", `${name}/register`, "program.js"];
  const options = { cwd: directory, encoding: /** @type {const} */ ("utf8"), timeout: 60_000 };
  const { status, stderr, stdout } = spawnSync(process.execPath, args, options);
  if (status !== 3) return `exit status ${status}: ${stderr.trim().split("\n").at(-1)}`;
  if (watcher === undefined) {
    return /2 tasks, 1 failed/u.test(stdout + stderr) ? undefined : "the summary is not there";
  }
  // Where auditing is off, that is what it has to say.
  const isTold = watcher === "audit" && /TaskWatchersWarning: watcher audit is off/u.test(stderr);
  return stderr === "" || isTold ? undefined : stderr.trim();
}

/**
 * @template T
 * @param {() => T} body
 * @returns {[value: T, seconds: number]}
 */
function timed(body) {
  const began = performance.now();
  const value = body();
  return [value, (performance.now() - began) / 1000];
}
