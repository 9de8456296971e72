// @ts-check
/**
 * Checks every package as it would be published: manifest, README, tarball, exports, types. Exit status 1 when one has a fault.
 *
 *     pnpm packages [name…]
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { manifestFaults } from "./manifest.js";
import { readmeTypeFaults } from "./readme-types.js";
import { readmeFaults } from "./readme.js";
import { tarballFaults, typeFaults } from "./tarball.js";

const PACKAGES = fileURLToPath(new URL("../../packages", import.meta.url));
const ROOT_README = textOf(fileURLToPath(new URL("../../README.md", import.meta.url)));
const asked = process.argv.slice(2);
/** @type {Record<string, number>} */
const budgets = JSON.parse(readFileSync(new URL("budgets.json", import.meta.url), "utf8")).bytes;
const work = mkdtempSync(join(tmpdir(), "task-watchers-packages-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));
process.on("SIGINT", () => process.exit(130));

let count = 0;
/** @type {Array<{ name: string, directory: string, readme: string }>} */
const checked = [];
for (const folder of readdirSync(PACKAGES)) {
  if (asked.length > 0 && !asked.includes(folder)) continue;
  const directory = join(PACKAGES, folder);
  const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  if (manifest.private) continue;
  checked.push({
    name: manifest.name,
    directory,
    readme: textOf(join(directory, "README.md")),
  });
  const { bytes, faults } = await faultsOf(folder, directory, manifest);
  count += faults.length;
  console.log(
    `${manifest.name}: ${bytes} bytes${faults.length === 0 ? "" : `\n  ${faults.join("\n  ")}`}`,
  );
}
// An example of one package uses others.
const readmes = asked.length > 0 ? [] : readmeTypeFaults(checked, ROOT_README);
for (const fault of readmes) console.log(fault);
process.exitCode = count + readmes.length > 0 ? 1 : 0;

/**
 * @param {string} folder
 * @param {string} directory
 * @param {any} manifest
 */
async function faultsOf(folder, directory, manifest) {
  const tarball = join(work, `${folder}.tgz`);
  execFileSync("pnpm", ["pack", "--out", tarball], { cwd: directory, stdio: "pipe" });
  const packed = tarballFaults(tarball, budgets[folder] ?? 0);
  const { messages } = await publint({
    strict: true,
    pack: { tarball: bufferOf(tarball) },
  });
  return {
    bytes: packed.bytes,
    faults: [
      ...manifestFaults(folder, manifest),
      ...readmeFaults(textOf(join(directory, "README.md"))),
      ...packed.faults,
      ...messages.map(
        (message) => `publint: ${formatMessage(message, manifest, { color: false })}`,
      ),
      ...(manifest.exports?.["."] ? await typeFaults(tarball) : []),
      ...commonJsFaults(directory, manifest),
    ],
  };
}

/**
 * Whether CommonJS can load every entry that waits for nothing.
 *
 * @param {string} directory
 * @param {any} manifest
 */
function commonJsFaults(directory, manifest) {
  const require = createRequire(join(directory, "package.json"));
  const entries = Object.keys(manifest.exports ?? {}).filter(
    (entry) => !/register|json/u.test(entry),
  );
  return entries.flatMap((entry) => {
    const name = join(manifest.name, entry);
    try {
      require(name);
      return [];
    } catch (error) {
      return [`require("${name}"): ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}

/** @param {string} path */
function textOf(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** @param {string} path */
function bufferOf(path) {
  const bytes = readFileSync(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}
