// @ts-check
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ROOT } from "../combinations/tarballs.js";

/**
 * musl: neither npm nor Debian carries a Node.js that is linked with it, so nothing is run. What can be seen is whether the native
 * code we depend on has come for musl as well: npm installs one package for both.
 *
 * @returns {import("./run.js").Row}
 */
export function onMusl() {
  const row = { platform: "musl", what: "native code (no Node.js to be had)" };
  const linux = createRequire(join(ROOT, "packages/linux/package.json"));
  const koffi = createRequire(linux.resolve("koffi"));
  const folder = dirname(koffi.resolve(`@koromix/koffi-linux-${process.arch}/package.json`));
  const path = join(folder, `musl_${process.arch}`, "koffi.node");
  try {
    const binary = readFileSync(path);
    const linked = /libc\.(?:musl-\w+\.)?so(?:\.1)?\0/u.exec(binary.toString("latin1"))?.[0];
    if (linked === undefined) return { ...row, result: "", faults: [`${path}: not of musl`] };
    return { ...row, result: `koffi links ${linked.slice(0, -1)}`, faults: [] };
  } catch (error) {
    return { ...row, result: "", faults: [String(error)] };
  }
}
