// @ts-check
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OPTIONS = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  module: "NodeNext",
  target: "ES2023",
  lib: ["ES2023", "ESNext.Disposable"],
  types: ["node"],
};

/**
 * What TypeScript's strict rules would say to whoever pastes an example of a README into a program.
 *
 * @param {ReadonlyArray<{ name: string, directory: string, readme: string }>} packages built ones
 * @param {string} rootReadme of the workspace
 * @returns {string[]} the package, the line in its README, and the fault
 */
export function readmeTypeFaults(packages, rootReadme) {
  const work = mkdtempSync(join(tmpdir(), "task-watchers-readme-"));
  try {
    const modules = join(work, "node_modules");
    mkdirSync(join(modules, "@types"), { recursive: true });
    symlinkSync(join(ROOT, "node_modules/@types/node"), join(modules, "@types/node"));
    for (const { name, directory } of packages) {
      mkdirSync(join(modules, name, ".."), { recursive: true });
      symlinkSync(directory, join(modules, name));
    }
    writeFileSync(join(work, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(work, "tsconfig.json"), JSON.stringify({ compilerOptions: OPTIONS }));
    const readmes = packages.map(({ directory, readme }) => [basename(directory), readme]);
    for (const [folder, readme = ""] of [...readmes, ["workspace", rootReadme]]) {
      for (const { line, source } of examplesOf(readme)) {
        writeFileSync(join(work, `${folder}.${line}.ts`), `${source}export {};\n`);
      }
    }
    const tsc = join(ROOT, "node_modules/.bin/tsc");
    const { stdout } = spawnSync(tsc, ["--pretty", "false"], { cwd: work, encoding: "utf8" });
    return stdout.split("\n").flatMap((told) => {
      const [, folder, line, within, fault] =
        /^([\w-]+)\.(\d+)\.ts\((\d+),\d+\): error (.*)$/u.exec(told) ?? [];
      if (fault === undefined) return told.startsWith("error ") ? [told] : [];
      return [`${folder}/README.md:${Number(line) + Number(within)}: ${fault}`];
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * The examples in JavaScript and TypeScript, each with the line that begins it.
 *
 * @param {string} readme
 */
function* examplesOf(readme) {
  for (const { index, 1: source = "" } of readme.matchAll(/^```[jt]s\n([^]*?)^```/gmu)) {
    yield { line: readme.slice(0, index).split("\n").length, source };
  }
}
