// @ts-check
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../combinations/tarballs.js";
import { cacheFolder } from "./cache-folder.js";

/**
 * The newest Node.js of a major version, as npm carries it in the package `node-linux-<arch>`.
 *
 * @param {string} version a major version such as `22`, or an exact one
 * @param {"x64" | "arm64"} arch
 * @returns {string} the folder that holds `node`
 * @throws Error when npm has no such version
 */
export function nodeBinary(version, arch = /** @type {"x64" | "arm64"} */ (process.arch)) {
  const cache = cacheFolder();
  const name = `node-linux-${arch}`;
  const wanted = `${name}@${version}`;
  const answer = JSON.parse(
    run("npm", ["view", wanted, "version", "dist.integrity", "--json"], cache),
  );
  // One version comes as an object, several as an array.
  const newest = [answer]
    .flat()
    .toSorted((a, b) => compare(a.version, b.version))
    .at(-1);
  const { version: exact, "dist.integrity": integrity } = newest;
  const folder = join(cache, `${name}-${exact}`);
  if (existsSync(folder)) return join(folder, "package/bin");
  const work = mkdtempSync(`${folder}.`);
  try {
    run("npm", ["pack", "--ignore-scripts", `${name}@${exact}`], work);
    const tarball = join(work, `${name}-${exact}.tgz`);
    const sum = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;
    if (sum !== integrity) throw new Error(`${tarball}: ${sum}, should be ${integrity}`);
    run("tar", ["-xzf", tarball, "package/bin/node"], work);
    rmSync(tarball);
    // Tests run it as nobody, too.
    chmodSync(work, 0o755);
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return join(folder, "package/bin");
}

/**
 * @param {string} left
 * @param {string} right
 */
function compare(left, right) {
  return left.localeCompare(right, "en", { numeric: true });
}
