// @ts-check
/**
 * What it costs to listen by BPF, beside the connector in the same rounds: CPU time of the listener per event, and what the workload itself
 * pays, beside nobody's listening. `--quick`: fewer, shorter rounds. `--json FILE`: the figures. Ends with 1 when BPF is not the cheaper.
 */
import { writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { startLoad } from "@task-watchers/kernel-test/load";
import { readOptions } from "../../tools/options/options.js";
import { median, range, rangeText } from "../measuring/statistics.js";
import { paidNs } from "./paid.js";
import { whileReading } from "./reading.js";

const values = readOptions(import.meta.url, {
  quick: { type: "boolean" },
  json: { type: "string" },
});
const ROUNDS = values.quick ? 3 : 7;
const SECONDS = values.quick ? 2 : 4;
/** Events a second asked for; the last is as fast as the machine can. */
const RATES = [2000, 200_000];
/** `true` forked and run: of three events one is an exec. */
const EXEC_PERCENT = 100;
/** Pairs: by BPF, by the connector. */
const PAIRS = [
  ["bpf", "connector"],
  ["watch-bpf", "watch-connector"],
];

/** @param {string} what @param {number} rate */
async function measure(what, rate) {
  const { result, heard } = await whileReading(what, async (cpuNs) => {
    // Compiled by now, and settled.
    await startLoad({ rate: 5000, seconds: 0.5, workers: 2, execPercent: EXEC_PERCENT });
    await delay(200);
    const before = cpuNs();
    const made = await startLoad({ rate, seconds: SECONDS, workers: 2, execPercent: EXEC_PERCENT });
    await delay(200);
    return { spent: cpuNs() - before, made };
  });
  const { spent, made } = result;
  return { ns: spent / (made.forks + made.execs + made.exits), rate: made.rate, ...heard };
}

const results = [];
let isCheaper = true;
process.stdout.write(`Linux ${release()}, ${cpus().length} CPUs, Node.js ${process.version}\n`);
process.stdout.write(`CPU time per event, median of ${ROUNDS} paired rounds of ${SECONDS} s\n\n`);
for (const rate of RATES) {
  process.stdout.write(`asked for ${rate} events/s\n`);
  for (const pair of PAIRS) {
    /** @type {Record<string, Awaited<ReturnType<typeof measure>>[]>} */
    const rounds = Object.fromEntries(pair.map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      // The other one first in every second round, so that drift hits both alike.
      for (const name of round % 2 === 0 ? pair : pair.toReversed()) {
        rounds[name]?.push(await measure(name, rate));
      }
    }
    const [own = [], peer = []] = pair.map((name) => rounds[name]);
    const ratio = median(own.map((one, i) => one.ns / (peer[i]?.ns ?? Number.NaN)));
    isCheaper &&= ratio < 1;
    for (const name of pair) {
      const list = rounds[name] ?? [];
      const ns = median(list.map((one) => one.ns));
      const reached = median(list.map((one) => one.rate));
      const kept = median(list.map((one) => one.withArguments / one.execs)) * 100;
      const lost = list.reduce((sum, one) => sum + one.lost, 0);
      results.push({ rate, name, ns, reached, lost, ...(!Number.isNaN(kept) && { kept }) });
      process.stdout.write(
        `  ${name.padEnd(16)} ${(ns / 1000).toFixed(2).padStart(7)} µs   ${Math.round(reached)} events/s, ${lost} lost` +
          `${Number.isNaN(kept) ? "" : `, arguments of ${kept.toFixed(1)} %`}\n`,
      );
    }
    results.push({ rate, name: pair.join(" / "), ratio });
    process.stdout.write(
      `  ratio            ${ratio.toFixed(2).padStart(7)}${ratio < 1 ? "" : "  NO: it should be below 1"}\n`,
    );
  }
}
process.stdout.write("the workload's own CPU time for each program forked and run\n");
/** @type {Record<string, number[]>} */
const paid = { bpf: [], connector: [] };
/** @type {number[]} */
const unheard = [];
for (let round = 0; round < ROUNDS; round++) {
  const before = await paidNs();
  unheard.push(before);
  for (const name of round % 2 === 0 ? ["bpf", "connector"] : ["connector", "bpf"]) {
    paid[name]?.push((await whileReading(name, paidNs)).result / before);
  }
}
process.stdout.write(`  nobody listens   ${(median(unheard) / 1000).toFixed(1).padStart(7)} µs\n`);
for (const [name, ratios] of Object.entries(paid)) {
  results.push({ name: `workload under ${name}`, ratio: median(ratios) });
  process.stdout.write(
    `  ${name.padEnd(16)} ${rangeText(range(ratios), 2).padStart(7)} times that\n`,
  );
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
process.exitCode = isCheaper ? 0 : 1;
