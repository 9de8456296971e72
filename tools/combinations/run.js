// @ts-check
/**
 * Every combination of the watchers, as strangers install them:
 *
 *     npm run combinations [-- --manager npm|pnpm] [--only delayacct+semundo …] [--json]
 *
 * Packs the packages, and for each subset makes an empty project, installs from the tarballs without scripts, imports, watches a
 * small command, unloads, and ends. Then each watcher alone, by its `register` entry, and all of them where something is different:
 * two copies of chain, no process events, audit or delay accounting on or off. As root audit is switched on for those that have it,
 * and off again. Exit status 1 when a combination did not do what it should.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions, refuse } from "../options/options.js";
import { faultsOf, runIn } from "./check.js";
import { hostState } from "./host-state.js";
import { makeProject, sizeOf } from "./project.js";
import { SITUATIONS } from "./situations.js";
import { parseSubsets, subsets, WATCHERS } from "./subsets.js";
import { packAll } from "./tarballs.js";

const values = readOptions(import.meta.url, {
  manager: { type: "string", multiple: true, default: ["npm", "pnpm"] },
  only: { type: "string", multiple: true },
  json: { type: "boolean", default: false },
});
const managers = values.manager.map((name) =>
  name === "npm" || name === "pnpm" ? name : refuse(`--manager ${name}: npm or pnpm`),
);
const chosen = values.only ? parseSubsets(values.only) : subsets(WATCHERS);
const isRoot = process.getuid?.() === 0;
const work = mkdtempSync(join(tmpdir(), "task-watchers-tarballs-"));
/** @type {{ manager: string, watchers: string, way: string, megabytes: number, seconds: number, faults: string[] }[]} */
const rows = [];
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));

const tarballs = packAll(work);
for (const manager of managers) {
  for (const names of chosen) {
    inProject(manager, [...names, "chain", "tasks"], (directory, began) => {
      const reversed = names.toReversed();
      const enable = isRoot ? ["--enable-audit"] : [];
      tell(manager, names, "watch", directory, began, watched(directory, names, enable));
      if (names.length < 2) return;
      tell(manager, names, "reversed", directory, began, watched(directory, reversed, enable));
      tell(manager, names, "reload", directory, began, watched(directory, names, ["--reload"]));
      if (names.length < WATCHERS.length) return;
      for (const { way, forRoot, faults } of SITUATIONS) {
        if (isRoot || !forRoot)
          tell(manager, names, way, directory, began, faults(directory, names));
      }
    });
  }
  for (const name of WATCHERS.filter((watcher) => chosen.some(([only]) => only === watcher))) {
    inProject(manager, [name], (directory, began) => {
      const args = ["--import", `@task-watchers/${name}/register`, "src/alone.js"];
      const warns = name === "audit" && hostState().audit["enabled"] !== "1";
      const { faults } = runIn(directory, args, { warns });
      tell(manager, [name], "register", directory, began, faults);
    });
  }
}
if (values.json) console.log(JSON.stringify(rows));
const bad = rows.filter((row) => row.faults.length > 0);
process.stderr.write(`${rows.length} combinations, ${bad.length} with faults\n`);
process.exitCode = bad.length > 0 ? 1 : 0;

/**
 * @param {string} directory
 * @param {readonly string[]} names
 * @param {readonly string[]} options
 */
function watched(directory, names, options) {
  const { told, faults } = runIn(directory, ["src/watch.js", ...options, ...names]);
  if (told === undefined || options.includes("--reload")) return faults;
  return [...faults, ...faultsOf(names, { audit: options.includes("--enable-audit") }, told)];
}

/**
 * @param {"npm" | "pnpm"} manager
 * @param {readonly string[]} packages
 * @param {(directory: string, began: number) => void} use
 */
function inProject(manager, packages, use) {
  const began = performance.now();
  let directory;
  try {
    directory = makeProject(manager, packages, tarballs);
    use(directory, began);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    rows.push({
      manager,
      watchers: packages.join("+"),
      way: "install",
      megabytes: 0,
      seconds: 0,
      faults: [message],
    });
    print(rows.at(-1));
  } finally {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * @param {string} manager
 * @param {readonly string[]} names
 * @param {string} way
 * @param {string} directory
 * @param {number} began
 * @param {string[]} faults
 */
function tell(manager, names, way, directory, began, faults) {
  const megabytes = sizeOf(join(directory, "node_modules")) / 1e6;
  const seconds = (performance.now() - began) / 1000;
  rows.push({ manager, watchers: names.join("+") || "none", way, megabytes, seconds, faults });
  print(rows.at(-1));
}

/** @param {typeof rows[number] | undefined} row */
function print(row) {
  if (row === undefined || values.json) return;
  const { manager, watchers, way, megabytes, seconds, faults } = row;
  const verdict = faults.length === 0 ? "ok" : faults.join("; ");
  const size = `${megabytes.toFixed(1)} MB`.padStart(9);
  console.log(
    `${manager.padEnd(5)}${way.padEnd(10)}${size}${`${seconds.toFixed(1)} s`.padStart(8)}  ${watchers}: ${verdict}`,
  );
}
