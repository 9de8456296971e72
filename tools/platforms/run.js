// @ts-check
/**
 * The suite where users may be:
 *
 *     npm run platforms [-- --node 22 …] [--project unit|kernel …] [--only nodes|arm64|musl|old-kernel …] [path…]
 *
 * nodes: the tests on other versions of Node.js. arm64: install, import and a system call, by emulation. musl: whether what we need
 * is there. old-kernel: what is done without the features of Linux 6.6, on Debian's 6.1 in an emulated machine. Programs are fetched
 * from npm and Debian and kept under XDG_CACHE_HOME or the directory for temporary files. Exit status 1 when one of them failed.
 */
import { readArguments, refuse } from "../options/options.js";
import { onArm64 } from "./arm64.js";
import { onMusl } from "./musl.js";
import { onNode } from "./nodes.js";
import { onOldKernel } from "./old-kernel/run.js";

const PARTS = ["nodes", "arm64", "musl", "old-kernel"];

const { values, positionals: paths } = readArguments(import.meta.url, {
  allowPositionals: true,
  options: {
    node: { type: "string", multiple: true, default: ["20.19", "22", "24", "26"] },
    project: { type: "string", multiple: true, default: ["unit", "kernel"] },
    only: { type: "string", multiple: true, default: PARTS },
  },
});
for (const part of values.only) {
  if (!PARTS.includes(part)) refuse(`--only ${part}: ${PARTS.join(", ")}`);
}
for (const version of values.node) {
  if (!/^\d+(?:\.\d+){0,2}$/u.test(version)) refuse(`--node ${version}: such as 22 or 22.1.0`);
}
for (const project of values.project) {
  if (!["unit", "kernel"].includes(project)) refuse(`--project ${project}: unit or kernel`);
}

/** @typedef {{ platform: string, what: string, result: string, faults: string[] }} Row */
let failed = 0;
console.log("| platform | what | result | time |\n|---|---|---|---|");
if (values.only.includes("nodes")) {
  for (const version of values.node) {
    for (const project of values.project) await row(() => onNode(version, project, paths));
  }
}
if (values.only.includes("arm64")) await row(onArm64);
if (values.only.includes("musl")) await row(onMusl);
if (values.only.includes("old-kernel")) await row(onOldKernel);
process.exitCode = failed > 0 ? 1 : 0;

/** @param {() => Row | Promise<Row>} run */
async function row(run) {
  const began = performance.now();
  const { platform, what, result, faults } = await run();
  const seconds = (performance.now() - began) / 1000;
  console.log(`| ${platform} | ${what} | ${result} | ${seconds.toFixed(0)} s |`);
  for (const fault of faults) process.stderr.write(`  ${fault}\n`);
  failed += faults.length;
}
