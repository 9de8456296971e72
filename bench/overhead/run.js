// @ts-check
/**
 * What a workload pays for being watched: the same work without a watcher and with each kind of watch, in turns.
 * `--rounds N`. `--forks N`: programs in a row.
 */
import { spawnSync } from "node:child_process";
import { cpus, release } from "node:os";
import { countOf, readOptions } from "../../tools/options/options.js";

const values = readOptions(import.meta.url, {
  rounds: { type: "string", default: "7" },
  forks: { type: "string", default: "1500" },
});
const rounds = countOf("--rounds", values.rounds);
const forks = countOf("--forks", values.forks);
const main = new URL("../../packages/cli/dist/main.js", import.meta.url).pathname;
const work = ["sh", "-c", `i=0; while [ $i -lt ${forks} ]; do /bin/true; i=$((i+1)); done`];

/** Each row by name: the command line that does the work. @type {Record<string, string[]>} */
const ROWS = {
  none: work,
  run: [process.execPath, main, "run", "-q", "--", ...work],
  "run --with delayacct": [
    process.execPath,
    main,
    "run",
    "-q",
    "--with",
    "delayacct",
    "--",
    ...work,
  ],
  "run --enable-delayacct": [
    process.execPath,
    main,
    "run",
    "-q",
    "--enable-delayacct",
    "--",
    ...work,
  ],
};

/**
 * Start-up of Node.js and of the watch is not the workload's: it is measured with no work, and taken off.
 * @type {Record<string, string[]>}
 */
const IDLE = {
  none: ["true"],
  run: [process.execPath, main, "run", "-q", "--", "true"],
  "run --with delayacct": [
    process.execPath,
    main,
    "run",
    "-q",
    "--with",
    "delayacct",
    "--",
    "true",
  ],
  "run --enable-delayacct": [
    process.execPath,
    main,
    "run",
    "-q",
    "--enable-delayacct",
    "--",
    "true",
  ],
};

/** Seconds of wall time. @param {string[]} command */
function seconds([file = "", ...args]) {
  const begin = process.hrtime.bigint();
  const { status, stderr } = spawnSync(file, args, { stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`);
  return Number(process.hrtime.bigint() - begin) / 1e9;
}

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Seconds of the work alone, by row, a figure a round. @type {Map<string, number[]>} */
const times = new Map();
/** Seconds of the start-up alone. @type {Map<string, number[]>} */
const startUps = new Map();

/** @param {Map<string, number[]>} map @param {string} name @param {number} value */
function add(map, name, value) {
  map.set(name, [...(map.get(name) ?? []), value]);
}

console.log(`Linux ${release()}, ${cpus().length} CPUs, Node.js ${process.version}`);
console.log(`${forks} times /bin/true in a row, wall time, median of ${rounds} paired rounds`);
const names = Object.keys(ROWS);
for (const name of names) seconds(ROWS[name] ?? []);
for (let round = 0; round < rounds; round++) {
  for (let i = 0; i < names.length; i++) {
    // In another order each time, so that drift falls on all alike.
    const name = names[(i + round) % names.length] ?? "";
    const startUp = seconds(IDLE[name] ?? []);
    add(startUps, name, startUp);
    add(times, name, seconds(ROWS[name] ?? []) - startUp);
  }
}
const base = times.get("none") ?? [];
for (const [name, all] of times) {
  const ratios = all.map((time, i) => time / (base[i] ?? Number.NaN)).toSorted((a, b) => a - b);
  const spread = `${ratios[0]?.toFixed(3)}–${ratios.at(-1)?.toFixed(3)}`;
  const startUp = (median(startUps.get(name) ?? []) * 1000).toFixed(0);
  console.log(
    `${name.padEnd(24)} ${median(all).toFixed(3)} s   ${median(ratios).toFixed(3)} × none` +
      `   (${spread}, start-up ${startUp} ms)`,
  );
}
