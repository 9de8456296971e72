// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";

/**
 * Makes one file of what a thread begins with and of all that it needs, other packages of ours included, in CommonJS: Node.js then starts no
 * second loader of ES modules for the thread, and finds no other file. A thread shares no module with its program, so nothing is there
 * twice that could be there once.
 *
 * @param {import("./entries.js").Entry} entry
 */
export async function bundleAlone({ name, source }) {
  const bundle = await rolldown({
    input: { [name]: source },
    platform: "node",
    tsconfig: false,
    resolve: { conditionNames: ["@task-watchers/source"] },
    external: /^node:/u,
    transform: { target: "node20.19" },
    plugins: [
      { name: "place of other packages", transform: (code, id) => inPlace(code, id, source) },
    ],
    onLog(level, { message }) {
      if (level === "warn") throw new Error(message);
    },
  });
  const { output } = await bundle.generate({
    format: "cjs",
    entryFileNames: "[name].cjs",
    comments: { jsdoc: false },
    sourcemap: true,
  });
  await bundle.close();
  return output;
}

/**
 * What a module of another package finds from where it is, as koffi, it must find from there still.
 *
 * @param {string} code
 * @param {string} id
 * @param {string} source
 */
function inPlace(code, id, source) {
  if (!code.includes("import.meta.url")) return undefined;
  const owner = packageOf(id);
  if (owner === packageOf(source)) return undefined;
  const place = `createRequire(import.meta.url).resolve(${JSON.stringify(owner)})`;
  // The map stays right but for the columns of this line.
  return { code: code.replaceAll("import.meta.url", place), map: null };
}

/** @param {string} file */
function packageOf(file) {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, "utf8")).name;
  }
  throw new Error(`${file} is in no package`);
}
