// @ts-check
/**
 * Is everything told? By hand, and with no word on time: a parallel build watched from the host and an npm install under `run`, each
 * against the scheduler's tracepoints, the install's arguments against BPF programs and strace(1) too; and what refusing a program changes.
 * Ends with 1 when anything differs. `--only build,install,deny`: parts of it. Needs root, perf, strace, make, gcc, g++ and, once, a
 * registry for npm; what is fetched stays in the user's cache.
 */
import { untilInterrupted } from "../measuring/interrupt.js";
import { readOptions } from "../../tools/options/options.js";
import { openProject } from "../patches/project.js";
import { checkBuild } from "./build.js";
import { checkRefusals } from "./deny.js";
import { checkInstall, execDifferences, openTree, straceInstall } from "./install.js";

const { only } = readOptions(import.meta.url, {
  only: { type: "string", default: "build,install,deny" },
});
const SHOWN = 20;

/** @param {string} name @param {string} text @param {readonly string[]} wrong */
function print(name, text, wrong) {
  process.stdout.write(`${name.padEnd(34)} ${text}: ${wrong.length === 0 ? "the same" : "NO"}\n`);
  for (const line of wrong.slice(0, SHOWN)) process.stdout.write(`  ${line}\n`);
  if (wrong.length > SHOWN) process.stdout.write(`  … and ${wrong.length - SHOWN} more\n`);
  if (wrong.length > 0) process.exitCode = 1;
}

/** @param {Awaited<ReturnType<typeof checkBuild>>} check */
function printLives({ name, told, truth, wrong }) {
  const both = (/** @type {keyof typeof told} */ key) => `${told[key]} of ${truth[key]}`;
  const processes = `forks ${both("forks")}, execs ${both("execs")}, exits ${both("exits")}`;
  const threads = `threads' forks ${both("threadForks")}, exits ${both("threadExits")}`;
  print(name, `${processes}; ${threads}`, wrong);
}

async function build() {
  const project = openProject({ isQuick: true, isInstalling: false });
  process.stdout.write(`${project.title}\n`);
  for (const source of /** @type {const} */ (["bpf", "connector"])) {
    printLives(await checkBuild(source, project));
  }
}

async function install() {
  const tree = await openTree();
  for (const user of /** @type {const} */ (["root", "nobody"])) {
    const check = await checkInstall(tree, user);
    printLives(check);
    const others = await straceInstall(tree, user);
    const text = `execs ${check.execs.length}, by strace of another install ${others.length}`;
    print(`  arguments as ${user}`, text, execDifferences(check.execs, others));
  }
}

async function deny() {
  for (const { name, refused, execs, made, wrong } of await checkRefusals()) {
    print(name, `${refused} refused, ${execs} execs, ${made} files made`, wrong);
  }
}

/** @type {Readonly<Record<string, () => Promise<void>>>} */
const PARTS = { build, install, deny };

await untilInterrupted(async () => {
  for (const name of only.split(",")) {
    const part = PARTS[name];
    if (part === undefined)
      throw new Error(`--only knows ${Object.keys(PARTS).join(", ")}, got "${name}"`);
    await part();
  }
});
