// @ts-check
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { bundleAlone } from "./alone.js";
import { entriesOf } from "./entries.js";
import { ownersOf } from "./owners.js";
import { sameFiles } from "./same-file.js";

/** What rolldown calls an entry's file that only passes on what another one has. */
const PASSING = "passing-";

/**
 * Makes few files of a package's modules. They lie beside each other, so that a module finds a file that it starts or reads at the same
 * place, whichever of them it has become part of.
 *
 * @param {string} directory the package's
 * @param {string} to where the files go; scripts that lie there are removed
 */
export async function bundlePackage(directory, to) {
  const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  const all = entriesOf(directory, manifest);
  const entries = all.filter(({ isAlone }) => !isAlone);
  const names = new Set(entries.map(({ name }) => name));
  const others = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const same = sameFiles(directory, others);
  const bundle = await rolldown({
    cwd: directory,
    input: Object.fromEntries(entries.map(({ name, source }) => [name, source])),
    platform: "node",
    tsconfig: false,
    // Another package's code is one for all who import it.
    external: (id) =>
      id.startsWith("node:") ||
      same.get(id) === id ||
      (!same.has(id) && others.some((name) => id === name || id.startsWith(`${name}/`))),
    plugins: [
      {
        name: "one name for one file",
        resolveId(id) {
          const name = same.get(id);
          return name === undefined ? undefined : { id: name, external: true };
        },
      },
    ],
    // Names besides, which only our own files import, do no harm, and save a file.
    preserveEntrySignatures: "allow-extension",
    transform: { target: "node20.19" },
    onLog(level, { message }) {
      if (level === "warn") throw new Error(message);
    },
  });
  /** @type {Map<string, string> | undefined} */
  let owners;
  const { output: together } = await bundle.generate({
    format: "es",
    entryFileNames: ({ moduleIds }) =>
      moduleIds.length === 0 ? `${PASSING}[name].js` : "[name].js",
    chunkFileNames: ({ name }) => (names.has(name) ? "[name].js" : "part-[name].js"),
    // Documentation is in the declarations and the sources.
    comments: { jsdoc: false },
    // Errors show the names of the sources.
    minifyInternalExports: false,
    sourcemap: true,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        {
          debugName: "owner",
          name(id, context) {
            owners ??= ownersOf(entries, (module) => context.getModuleInfo(module));
            return owners.get(id) ?? null;
          },
        },
      ],
    },
  });
  await bundle.close();
  const files = withoutPassing(together);
  for (const name of names) {
    if (!files.some(({ fileName }) => fileName === `${name}.js`)) throw new Error(`no ${name}.js`);
  }
  for (const entry of all.filter(({ isAlone }) => isAlone))
    files.push(...(await bundleAlone(entry)));
  removeScripts(to);
  mkdirSync(to, { recursive: true });
  for (const file of files) {
    const text =
      file.type === "chunk"
        ? file.code.replaceAll(`import("./${PASSING}`, 'import("./')
        : withoutSources(String(file.source));
    writeFileSync(join(to, file.fileName), text);
  }
}

/**
 * Without the entries' files that only pass on what another one has: that one has the entry's name.
 *
 * @param {ReadonlyArray<import("rolldown").OutputChunk | import("rolldown").OutputAsset>} output
 */
function withoutPassing(output) {
  for (const file of output) {
    if (!file.fileName.startsWith(PASSING) || file.type !== "chunk") continue;
    const name = file.fileName.slice(PASSING.length);
    const passes = /^export \{ [\w$, ]+ \} from "\.\/([^"]+)";/u.exec(file.code);
    if (passes?.[1] !== name || / as /u.test(passes[0])) {
      throw new Error(`${name} cannot be made one with the file that has what it exports`);
    }
  }
  return output.filter(({ fileName }) => !fileName.startsWith(PASSING));
}

/**
 * Of an earlier build; declarations stay.
 *
 * @param {string} folder
 */
function removeScripts(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (/\.c?js(?:\.map)?$/u.test(name)) rmSync(join(folder, name));
  }
}

/**
 * A source map that points to the sources, which are published beside it, instead of holding them.
 *
 * @param {string} text
 */
function withoutSources(text) {
  const map = JSON.parse(text);
  delete map.sourcesContent;
  return JSON.stringify(map);
}
