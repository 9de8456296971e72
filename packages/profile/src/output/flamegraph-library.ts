import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * d3-flame-graph and the parts of d3 that it stands on, as one script that makes a global `flamegraph`: their own minified
 * files, each behind the ones it needs. Read when first asked for.
 */
export function flamegraphLibrary(): string {
  const entry = createRequire(import.meta.url).resolve("d3-flame-graph");
  const root = dirname(dirname(entry));
  const parts = dependencies(root, entry, new Set());
  return [...parts, part(root, "d3-flamegraph.umd.min.js")].join("\n");
}

function dependencies(folder: string, entry: string, seen: Set<string>): string[] {
  const needed = Object.keys(manifestIn(folder).dependencies ?? {});
  return needed.flatMap((name) => {
    if (seen.has(name) || !name.startsWith("d3-")) return [];
    seen.add(name);
    const found = createRequire(entry).resolve(name);
    const home = dirname(dirname(found));
    return [...dependencies(home, found, seen), part(home, `${name}.min.js`)];
  });
}

function part(folder: string, file: string): string {
  const { name, version, license } = manifestIn(folder);
  const script = readFileSync(join(folder, "dist", file), "utf8");
  // Each of them is a script of its own: without a semicolon the next would call it.
  return `// ${name} ${version}, ${license}\n${script.trim()};`;
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}
