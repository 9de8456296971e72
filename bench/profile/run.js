// @ts-check
/**
 * What a build pays for being profiled: the same files compiled without a watcher, under `run`, and under `run --with profile`,
 * in turns. `--rounds N`. `--files N`: to compile. `--frequency HZ`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { countOf, readOptions } from "../../tools/options/options.js";

const values = readOptions(import.meta.url, {
  rounds: { type: "string", default: "5" },
  files: { type: "string", default: "24" },
  frequency: { type: "string", default: "99" },
});
const files = countOf("--files", values.files);
const rounds = countOf("--rounds", values.rounds);
const main = new URL("../../packages/cli/dist/main.js", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "bench-profile-"));

const ours = [process.execPath, main, "run", "-q"];
/** What stands before the build, by the row's name. @type {Record<string, string[]>} */
const ROWS = {
  plain: [],
  run: [...ours, "--"],
  profile: [...ours, "--frequency", values.frequency, "--"],
};

/** Seconds of CPU time in user space and in the kernel, and of wall time. @typedef {{ user: number, sys: number, wall: number }} Times */
/** The build's own times, and the CPU time of what watched it. @typedef {Times & { watcher: number }} Measured */

/** A file of functions that take an optimiser some time. @param {number} n */
function source(n) {
  const functions = Array.from({ length: 120 }, (_, i) => {
    const body = `for (int i = 0; i < n; i++) for (int j = 0; j < 8; j++) { a[i] += a[j] * ${i + n}; if (a[i] > ${i}) a[j] ^= a[i] >> 3; }`;
    return `long f${n}_${i}(long *a, int n) { long s = 0; ${body} switch (n & 7) { case 1: s = a[1]; break; case 3: s = a[2] * 3; break; default: s = n; } return s; }`;
  });
  return functions.join("\n");
}

/** Bash tells the times of what it waited for. @param {readonly string[]} command */
function timed(command) {
  const env = { ...process.env, TIMEFORMAT: "times %U %S %R" };
  const { status, stderr } = spawnSync("bash", ["-c", 'time "$@"', "bash", ...command], {
    encoding: "utf8",
    env,
  });
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}: ${stderr}`);
  return [...stderr.matchAll(/^times (\S+) (\S+) (\S+)$/gmu)].map(([, user, sys, wall]) => ({
    user: Number(user),
    sys: Number(sys),
    wall: Number(wall),
  }));
}

const build = [
  ...["bash", "-c", 'time ls "$0"/*.c | xargs -P "$1" -I{} gcc -O2 -c {} -o /dev/null'],
  ...[folder, String(cpus().length)],
];

/** @param {string} name @returns {Measured} */
function measure(name) {
  const [inner, outer] = timed([...(ROWS[name] ?? []), ...build]);
  if (inner === undefined || outer === undefined) throw new Error("bash told no times");
  const watcher = outer.user + outer.sys - inner.user - inner.sys;
  return { ...inner, wall: outer.wall, watcher };
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Ratio of the least of all rounds: what a busy machine adds is left out. @param {readonly number[]} numbers @param {readonly number[]} base */
function least(numbers, base) {
  return (Math.min(...numbers) / Math.min(...base)).toFixed(4);
}

/** Median of ratios to the plain build of the same round, and how far they spread. @param {readonly number[]} ratios */
function shown(ratios) {
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  return `${median(ratios).toFixed(4)} (${least.toFixed(3)}–${most.toFixed(3)})`;
}

try {
  for (let n = 0; n < files; n++) writeFileSync(join(folder, `f${n}.c`), source(n));
  const names = Object.keys(ROWS);
  for (const name of names) measure(name);
  /** @type {Map<string, Measured[]>} */
  const all = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      // In another order each time, so that drift falls on all alike.
      const name = names[(i + round) % names.length] ?? "";
      all.get(name)?.push(measure(name));
    }
  }
  console.log(`Linux ${release()}, ${cpus().length} CPUs, Node.js ${process.version}`);
  console.log(
    `gcc -O2 of ${values.files} files on all CPUs, at ${values.frequency} Hz, ${rounds} rounds in turns`,
  );
  /** @param {Measured} measured */
  const cpuOf = ({ user, sys }) => user + sys;
  const plain = all.get("plain") ?? [];
  const plainCpu = plain.map(cpuOf);
  const plainWall = plain.map(({ wall }) => wall);
  for (const [name, measured] of all) {
    const cpu = measured.map(cpuOf);
    const wall = measured.map((one) => one.wall);
    console.log(
      [
        `${name.padEnd(8)} build ${median(cpu).toFixed(2)} s CPU, ${least(cpu, plainCpu)} × plain by the least,`,
        `${shown(cpu.map((s, i) => s / (plainCpu[i] ?? 0)))} by pairs;`,
        `wall ${least(wall, plainWall)} × plain by the least;`,
        `watcher ${median(measured.map(({ watcher }) => watcher)).toFixed(2)} s CPU`,
      ].join(" "),
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
