// @ts-check
import { median, quantile } from "../dispatch/statistics.js";
import { EXECS_PER_SECOND, SECONDS } from "./fixed-rate.js";

/** @typedef {import("./rows.js").Measured} Measured */
/** @typedef {import("./fixed-rate.js").FixedRate} FixedRate */

/** @param {readonly number[]} numbers */
function sum(numbers) {
  return numbers.reduce((all, one) => all + one, 0);
}

/** Median of the ratios of pairs, and their middle half. @param {readonly Measured[]} own @param {readonly Measured[]} peer */
function ratio(own, peer) {
  const ratios = own.map(({ rate }, i) => rate / (peer[i]?.rate ?? Number.NaN));
  const [low, high] = [quantile(ratios, 0.25), quantile(ratios, 0.75)];
  return `${median(ratios).toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

/** A count of records, where somebody counted. @param {readonly (number | undefined)[]} counts */
function counted(counts) {
  return counts[0] === undefined ? "" : String(sum(counts.map((count) => count ?? 0)));
}

/** @param {readonly (readonly string[])[]} lines of which the first is the head */
function printTable(lines) {
  const widths = lines[0]?.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  for (const line of lines) {
    const [name = "", ...rest] = line;
    const cells = rest.map((cell, i) => cell.padStart(widths?.[i + 1] ?? 0));
    process.stdout.write(`${[name.padEnd(widths?.[0] ?? 0), ...cells].join("  ")}\n`);
  }
}

/** @param {ReadonlyMap<string, readonly Measured[]>} measured */
export function printRows(measured) {
  const off = measured.get("audit off") ?? [];
  const rules = measured.get("rules, no reader") ?? [];
  const head = ["", "execs/s", "× off", "× rules", "told", "lost", "kernel lost"];
  const lines = [...measured].map(([name, all]) => [
    name,
    median(all.map(({ rate }) => rate)).toFixed(0),
    ratio(all, off),
    ratio(all, rules),
    counted(all.map(({ told }) => told)),
    counted(all.map(({ lost }) => lost)),
    counted(all.map(({ kernelLost }) => kernelLost)),
  ]);
  printTable([head, ...lines]);
}

/** @param {ReadonlyMap<string, readonly FixedRate[]>} fixed */
export function printFixedRate(fixed) {
  const [first = []] = fixed.values();
  process.stdout.write(
    `\n${EXECS_PER_SECOND} execs/s asked for, ${SECONDS} s, our reader, sums of ${first.length} rounds; CPU is the median\n\n`,
  );
  const head = [
    ...["", "execs/s", "made", "told", "whole", "records"],
    ...["lost", "kernel lost", "missing serials", "µs/record", "of a CPU"],
  ];
  const lines = [...fixed].map(([kind, all]) => [
    kind,
    median(all.map(({ rate }) => rate)).toFixed(0),
    counted(all.map(({ made }) => made)),
    kind === "facts" ? counted(all.map(({ execs }) => execs)) : "",
    kind === "facts" ? counted(all.map(({ whole }) => whole)) : "",
    counted(all.map(({ told }) => told)),
    counted(all.map(({ lost }) => lost)),
    counted(all.map(({ kernelLost }) => kernelLost)),
    kind === "facts" ? counted(all.map(({ missingSerials }) => missingSerials)) : "",
    median(all.map(({ cpuNs }) => cpuNs / 1000)).toFixed(2),
    `${(median(all.map(({ load }) => load)) * 100).toFixed(0)} %`,
  ]);
  printTable([head, ...lines]);
}
