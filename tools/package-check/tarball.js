// @ts-check
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";

/** What may be in a tarball. */
const ALLOWED = /^package\/(?:(?:dist|src)\/|(?:README|CHANGELOG)\.md$|LICENSE$|package\.json$)/u;
/** What may not, wherever it is. */
const FORBIDDEN = /\.(?:test|fixture)\.|\.c$|\.tsbuildinfo$/u;
/** CommonJS gets the ES module: require() loads one since Node.js 20.19. */
const ACCEPTED = new Set(["CJSResolvesToESM", "NoResolution"]);

/**
 * What is wrong with the files of a tarball.
 *
 * @param {string} path
 * @param {number} budget bytes it may have
 * @returns {{ bytes: number, faults: string[] }}
 */
export function tarballFaults(path, budget) {
  const bytes = readFileSync(path).length;
  const files = execFileSync("tar", ["-tzf", path], { encoding: "utf8" }).trim().split("\n");
  const faults = files
    .filter((file) => !ALLOWED.test(file) || FORBIDDEN.test(file))
    .map((file) => `tarball: ${file} should not be there`);
  for (const file of ["README.md", "LICENSE", "package.json"]) {
    if (!files.includes(`package/${file}`)) faults.push(`tarball: no ${file}`);
  }
  if (bytes > budget) faults.push(`tarball: ${bytes} bytes, may have ${budget}`);
  return { bytes, faults };
}

/**
 * What TypeScript would find wrong, by every way of resolving modules that knows exports.
 *
 * @param {string} path
 * @returns {Promise<string[]>}
 */
export async function typeFaults(path) {
  const result = await checkPackage(createPackageFromTarballData(readFileSync(path)));
  if (!result.types) return ["types: none"];
  return result.problems
    .filter((problem) => !ACCEPTED.has(problem.kind) || !isOld(problem))
    .map((problem) => `types: ${JSON.stringify(problem)}`);
}

/**
 * Whether a problem is of node10, which knows no exports, or of require() of an ES module.
 *
 * @param {any} problem
 */
function isOld(problem) {
  return problem.kind === "CJSResolvesToESM" || problem.resolutionKind === "node10";
}
