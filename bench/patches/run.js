// @ts-check
/**
 * What a build pays for being watched: a kernel built under each of our watchers, under today's other programs, and under
 * none, in turns. `--quick`: a part of the kernel, and one run of each. `--runs N`. `--rows A,B`: only these, and "none". `--peers`:
 * installs what is missing (apt-get). `--json FILE`: every run. Everything is put back, also when interrupted.
 */
import { writeFileSync } from "node:fs";
import { peerVersions, providePeers } from "../measuring/installed.js";
import { goOn, untilInterrupted } from "../measuring/interrupt.js";
import { orderOfRound } from "../measuring/rounds.js";
import { compare } from "./compare.js";
import { ratiosText, seriesText } from "./print.js";
import { openProject } from "./project.js";
import { rows } from "./rows.js";
import { countOf, readOptions } from "../../tools/options/options.js";

/** @typedef {import("./compare.js").TimedRun} TimedRun */

const values = readOptions(import.meta.url, {
  quick: { type: "boolean", default: false },
  runs: { type: "string" },
  rows: { type: "string" },
  peers: { type: "boolean", default: false },
  json: { type: "string" },
});
const RUNS = countOf("--runs", values.runs ?? (values.quick ? "1" : "3"));
/** Other rows between two of "none". */
const NONE_EVERY = 4;

await untilInterrupted(async () => {
  providePeers(values.peers);
  const project = openProject({ isQuick: values.quick, isInstalling: values.peers });
  const all = rows();
  const wanted = values.rows?.split(",") ?? [...all.keys()];
  const stranger = wanted.find((name) => !all.has(name));
  if (stranger !== undefined) {
    throw new RangeError(
      `--rows: there is no "${stranger}"; there are: ${[...all.keys()].join(", ")}`,
    );
  }
  const names = [...new Set(["none", ...wanted])];
  /** @type {Map<string, TimedRun[]>} */
  const measured = new Map(names.map((name) => [name, []]));
  /** A row that does not work here is told of and left out. @type {Map<string, string>} */
  const failed = new Map();
  process.stderr.write("warming up\n");
  await one("none");
  for (let run = 0; run < RUNS; run++) {
    const order = names.length > 1 ? orderOfRound(names, "none", run, NONE_EVERY) : names;
    for (const name of order) {
      if (failed.has(name)) continue;
      process.stderr.write(`run ${run + 1}: ${name}\n`);
      try {
        measured.get(name)?.push(await one(name));
      } catch (error) {
        goOn();
        if (name === "none") throw error;
        failed.set(name, error instanceof Error ? error.message : String(error));
        measured.delete(name);
      }
    }
  }
  const versions = [...peerVersions()].map(([name, version]) => `${name} ${version}`).join(", ");
  console.log(
    `${project.title}; ${RUNS} runs of each in turns${versions && `; beside ${versions}`}\n`,
  );
  console.log(seriesText(measured));
  const compared = compare(measured, (name) => !all.get(name)?.isPeer);
  console.log(`\n${ratiosText(compared)}`);
  console.log(`\n${forkstatText(compared)}`);
  for (const [name, why] of failed) console.log(`\nleft out: ${name}: ${why.trim()}`);
  if (values.json !== undefined) {
    const json = { runs: Object.fromEntries(measured), compared: Object.fromEntries(compared) };
    writeFileSync(values.json, `${JSON.stringify(json, null, 2)}\n`);
  }

  /** @param {string} name @returns {Promise<TimedRun>} */
  async function one(name) {
    goOn();
    project.renew();
    const begin = performance.now();
    const measure = all.get(name)?.measure;
    if (measure === undefined) throw new Error(`there is no row "${name}"`);
    const run = await measure(project.command);
    return { ...run, atMs: (begin + performance.now()) / 2 };
  }
});

/**
 * Claimed is it by BPF, which `watch` takes by itself where it may. By the connector everybody's /proc is read at each exec, and each exec
 * wakes whoever reads it.
 *
 * @param {ReadonlyMap<string, import("./compare.js").Compared>} compared
 */
function forkstatText(compared) {
  const peer = compared.get("forkstat")?.watcherSeconds;
  const ratio = (/** @type {string} */ name) => {
    const own = compared.get(name)?.watcherSeconds;
    return own === undefined || peer === undefined ? undefined : own / peer;
  };
  const bpf = ratio("chain and tasks");
  const connector = ratio("by the connector");
  if (bpf === undefined) return "not compared with forkstat: that takes chain and tasks, too";
  const isJudged = compared.get("chain and tasks")?.holds !== undefined;
  const holds = bpf <= 0.5 ? "holds" : "NO";
  const verdict = `at most 0.50 is claimed: ${isJudged ? holds : "too few runs"}`;
  const claim = `CPU of chain and tasks to forkstat's: ${bpf.toFixed(2)}, ${verdict}`;
  return connector === undefined ? claim : `${claim}; by the connector: ${connector.toFixed(2)}`;
}
