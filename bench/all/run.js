// @ts-check
/**
 * Builds, runs every benchmark and writes bench/RESULTS.md and bench/plots. `--quick`: small ones, under five minutes. `--peers`:
 * installs the programs of others that are missing (apt-get). `--only A,B`: these parts; the others' results stay. `--rows A,B`,
 * `--runs N`: as of patches. `--output DIRECTORY`: results elsewhere.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { goOn, running, untilInterrupted } from "../measuring/interrupt.js";
import { readOptions } from "../../tools/options/options.js";
import { setUp } from "../../tools/checkout/setup.js";
import { machineFacts, moment } from "./machine.js";
import { resultsMarkdown, sectionMarkdown, sectionsOf } from "./markdown.js";
import { PARTS } from "./parts.js";

/** @typedef {import("./markdown.js").Result} Result */
/** @typedef {import("./parts.js").Part} Part */

const bench = fileURLToPath(new URL("..", import.meta.url));
const values = readOptions(import.meta.url, {
  quick: { type: "boolean", default: false },
  peers: { type: "boolean", default: false },
  only: { type: "string" },
  rows: { type: "string" },
  runs: { type: "string" },
  output: { type: "string", default: bench },
});
const only = values.only?.split(",");
const stranger = only?.find((name) => !PARTS.some((part) => part.name === name));
if (stranger !== undefined) {
  const names = PARTS.map(({ name }) => name).join(", ");
  process.stderr.write(`--only: there is no "${stranger}"; there are: ${names}\n`);
  process.exit(2);
}
const file = join(values.output, "RESULTS.md");

setUp();
await untilInterrupted(async () => {
  const facts = machineFacts();
  const chosen = PARTS.filter(
    ({ name, quick }) =>
      (only?.includes(name) ?? (!values.quick || quick !== undefined)) &&
      existsSync(scriptOf(name)),
  );
  mkdirSync(join(values.output, "plots"), { recursive: true });
  const sections = existsSync(file) ? sectionsOf(readFileSync(file, "utf8")) : new Map();
  let hasFailed = false;
  for (const part of chosen) {
    goOn();
    process.stderr.write(`${part.title}\n`);
    const result = await resultOf(part);
    hasFailed ||= result.failure !== undefined;
    sections.set(result.title, sectionMarkdown(result));
    const inOrder = PARTS.flatMap(({ title }) =>
      [title, quickly(title)].flatMap((one) => sections.get(one) ?? []),
    );
    // Whatever comes later: what there is can be read.
    writeFileSync(file, resultsMarkdown(facts, inOrder));
  }
  process.stderr.write(`${file}\n`);
  if (hasFailed) process.exitCode = 1;
});

/** A quick run takes nothing away from a whole one. @param {string} title */
function quickly(title) {
  return `${title}, quickly`;
}

/** @param {string} name */
function scriptOf(name) {
  return join(bench, name, "run.js");
}

/** @param {Part} part @returns {Promise<Result>} */
async function resultOf({ name, title: whole, full = [], quick = [], hasPeers = false, plots }) {
  const directory = mkdtempSync(join(tmpdir(), "bench-all-"));
  const json = join(directory, "figures.json");
  const options = [
    ...(values.quick ? quick : full),
    ...(name === "patches" && values.rows !== undefined ? ["--rows", values.rows] : []),
    ...(name === "patches" && values.runs !== undefined ? ["--runs", values.runs] : []),
  ];
  const title = values.quick ? quickly(whole) : whole;
  const when = moment();
  const begin = performance.now();
  try {
    const { text, failure } = await output([
      ...[scriptOf(name), ...options],
      ...(values.peers && hasPeers ? ["--peers"] : []),
      ...(plots === undefined ? [] : ["--json", json]),
    ]);
    const seconds = (performance.now() - begin) / 1000;
    const drawn =
      plots === undefined || failure !== undefined
        ? {}
        : plots(JSON.parse(readFileSync(json, "utf8")));
    const paths = Object.entries(drawn).map(([plot, svg]) => {
      const path = `plots/${plot}${values.quick ? "-quick" : ""}.svg`;
      writeFileSync(join(values.output, path), svg);
      return path;
    });
    const command = ["npm run", name, ...(options.length > 0 ? ["--", ...options] : [])].join(" ");
    const isQuick = values.quick;
    return { command, title, when, isQuick, text, plots: paths, failure, seconds };
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
