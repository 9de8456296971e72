// @ts-check
/**
 * What it costs to listen: CPU time per event, ours beside a C loop over recvmmsg(2), forkstat and extrace, under the same
 * load, one after the other in each round. `--quick`: fewer, shorter rounds. `--json FILE`: the figures.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { fileURLToPath } from "node:url";
import { compileC, startLoad } from "@task-watchers/kernel-test/load";
import { cpuNsOfTree } from "../measuring/cpu-time.js";
import { isInstalled } from "../measuring/installed.js";
import { median } from "../measuring/statistics.js";
import { readOptions } from "../../tools/options/options.js";

const values = readOptions(import.meta.url, {
  quick: { type: "boolean" },
  json: { type: "string" },
});
const ROUNDS = values.quick ? 1 : 7;
const SECONDS = values.quick ? 1.5 : 3;
/** Events a second asked for; the last is as fast as the machine can. */
const RATES = values.quick ? [1000, 50_000] : [100, 1000, 10_000, 50_000, 100_000, 200_000];
const EXEC_PERCENT = 3;

const reader = fileURLToPath(new URL("./reader.js", import.meta.url));
const cLoop = compileC(readFileSync(new URL("./c-loop.c", import.meta.url), "utf8"), "c-loop");

/** @type {Record<string, string[]>} */
const CONTENDERS = {
  "C loop": [cLoop],
  forkstat: ["forkstat", "-e", "fork,exec,exit"],
  extrace: ["extrace", "-t"],
  connector: [process.execPath, reader, "connector"],
  tasks: [process.execPath, reader, "tasks"],
};
for (const peer of ["forkstat", "extrace"]) {
  if (isInstalled(peer)) continue;
  process.stderr.write(`${peer} is not installed (Debian: apt-get install ${peer}): left out\n`);
  delete CONTENDERS[peer];
}

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Nanoseconds per event. @param {string[]} command @param {number} rate */
async function measure(command, rate) {
  const [file = "", ...args] = command;
  const isOurs = args.includes(reader);
  // A peer complains of each process that was gone before it looked.
  const child = spawn(file, args, { stdio: ["ignore", "pipe", isOurs ? "inherit" : "ignore"] });
  child.stdout?.resume();
  if (isOurs && child.stdout !== null) await once(child.stdout, "data");
  else await sleep(300);
  const pid = child.pid ?? 0;
  // Compiled by now, and settled.
  await startLoad({ rate: 5000, seconds: 0.5, workers: 2, execPercent: EXEC_PERCENT });
  await sleep(200);
  const before = cpuNsOfTree(pid);
  const made = await startLoad({ rate, seconds: SECONDS, workers: 2, execPercent: EXEC_PERCENT });
  await sleep(200);
  const spent = cpuNsOfTree(pid) - before;
  child.kill("SIGTERM");
  await once(child, "close");
  return { ns: spent / (made.forks + made.execs + made.exits), rate: made.rate };
}

const names = Object.keys(CONTENDERS);
const results = [];
process.stdout.write(`Linux ${release()}, ${cpus().length} CPUs, Node.js ${process.version}\n`);
process.stdout.write(`CPU time per event, median of ${ROUNDS} paired rounds of ${SECONDS} s\n\n`);
for (const rate of RATES) {
  /** @type {Record<string, { ns: number, rate: number }[]>} */
  const rounds = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    // Another order in every round, so that drift hits all alike.
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length] ?? "";
      rounds[name]?.push(await measure(CONTENDERS[name] ?? [], rate));
    }
  }
  const peer = rounds["C loop"] ?? [];
  process.stdout.write(`asked for ${rate} events/s\n`);
  for (const name of names) {
    const own = rounds[name] ?? [];
    const ns = median(own.map((one) => one.ns));
    const ratio = median(own.map((one, i) => one.ns / (peer[i]?.ns ?? Number.NaN)));
    const reached = median(own.map((one) => one.rate));
    const spread = own.map((one) => one.ns / 1000);
    results.push({ rate, name, ns, ratio, reached });
    process.stdout.write(
      `  ${name.padEnd(10)} ${(ns / 1000).toFixed(2).padStart(7)} µs  ${ratio.toFixed(2).padStart(5)} × C loop` +
        `   (${Math.min(...spread).toFixed(2)}–${Math.max(...spread).toFixed(2)} µs, ${Math.round(reached)} events/s)\n`,
    );
  }
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
