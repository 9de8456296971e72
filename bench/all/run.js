// @ts-check
/**
 * Runs every benchmark and writes bench/RESULTS.md and bench/plots. `--quick`: small ones, under five minutes. `--peers`: installs the
 * programs of others that are missing (apt-get). `--only A,B`: these parts. `--output DIRECTORY`: results elsewhere.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { goOn, running, untilInterrupted } from "../measuring/interrupt.js";
import { machineFacts } from "./machine.js";
import { resultsMarkdown } from "./markdown.js";
import { PARTS } from "./parts.js";
import { readOptions } from "../measuring/options.js";

/** @typedef {import("./markdown.js").Result} Result */
/** @typedef {import("./parts.js").Part} Part */

const bench = fileURLToPath(new URL("..", import.meta.url));
const values = readOptions(import.meta.url, {
  quick: { type: "boolean", default: false },
  peers: { type: "boolean", default: false },
  only: { type: "string" },
  output: { type: "string", default: bench },
});
const only = values.only?.split(",");
const stranger = only?.find((name) => !PARTS.some((part) => part.name === name));
if (stranger !== undefined) {
  const names = PARTS.map(({ name }) => name).join(", ");
  throw new RangeError(`--only: there is no "${stranger}"; there are: ${names}`);
}

await untilInterrupted(async () => {
  const facts = machineFacts();
  const chosen = PARTS.filter(
    ({ name, quick }) =>
      (only?.includes(name) ?? (!values.quick || quick !== undefined)) &&
      existsSync(scriptOf(name)),
  );
  mkdirSync(join(values.output, "plots"), { recursive: true });
  /** @type {Result[]} */
  const results = [];
  for (const part of chosen) {
    goOn();
    process.stderr.write(`${part.title}\n`);
    results.push(await resultOf(part));
    // Whatever comes later: what there is can be read.
    const text = resultsMarkdown(facts, results, values.quick);
    writeFileSync(join(values.output, "RESULTS.md"), text);
  }
  process.stderr.write(`${join(values.output, "RESULTS.md")}\n`);
  if (results.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
});

/** @param {string} name */
function scriptOf(name) {
  return join(bench, name, "run.js");
}

/** @param {Part} part @returns {Promise<Result>} */
async function resultOf({ name, title, full = [], quick = [], hasPeers = false, plots }) {
  const directory = mkdtempSync(join(tmpdir(), "bench-all-"));
  const json = join(directory, "figures.json");
  const begin = performance.now();
  try {
    const { text, failure } = await output([
      scriptOf(name),
      ...(values.quick ? quick : full),
      ...(values.peers && hasPeers ? ["--peers"] : []),
      ...(plots === undefined ? [] : ["--json", json]),
    ]);
    const seconds = (performance.now() - begin) / 1000;
    const drawn =
      plots === undefined || failure !== undefined
        ? {}
        : plots(JSON.parse(readFileSync(json, "utf8")));
    for (const [file, svg] of Object.entries(drawn)) {
      writeFileSync(join(values.output, "plots", `${file}.svg`), svg);
    }
    const paths = Object.keys(drawn).map((file) => `plots/${file}.svg`);
    return { name, title, text, plots: paths, failure, seconds };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** @param {readonly string[]} args */
async function output(args) {
  const child = running(
    spawn(process.execPath, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] }),
  );
  let text = "";
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (more) => (text += more));
  child.stderr.setEncoding("utf8").on("data", (more) => {
    process.stderr.write(more);
    said = (said + more).slice(-2000);
  });
  const [code, signal] = await once(child, "close");
  goOn();
  return { text, failure: code === 0 ? undefined : `${code ?? signal}\n${said}` };
}
