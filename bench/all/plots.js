// @ts-check
/** The plots of each part, from the figures it wrote. */
import { barChart, lineChart } from "./chart.js";

/** Name of the file, and what is in it. @typedef {Readonly<Record<string, string>>} Plots */

/** @param {{ compared: Record<string, import("../patches/compare.js").Compared> }} figures @returns {Plots} */
export function patchesPlots({ compared }) {
  const bars = Object.entries(compared).map(([name, { whole }]) => ({
    name,
    value: Number(whole.middle.toFixed(4)),
  }));
  const title = "A build: CPU time of build and watcher, to the build alone";
  return { patches: barChart({ title, y: "× none", bars }) };
}

/** @param {{ name: string, rate: number, ns: number }[]} results @returns {Plots} */
export function connectorPlots(results) {
  const series = seriesOf(results, ({ rate, ns }) => [rate, ns / 1000]);
  const title = "CPU time per event";
  return { connector: lineChart({ title, x: "events a second asked for", y: "µs", series }) };
}

/** @param {{ execs: number, results: { name: string, parallel: number, seen: number }[] }} figures @returns {Plots} */
export function capturePlots({ execs, results }) {
  const series = seriesOf(results, ({ parallel, seen }) => [parallel, (seen / execs) * 100]);
  const title = `Of ${execs} execs of /bin/true, those that keep their arguments`;
  return { capture: lineChart({ title, x: "at a time", y: "%", series, isYLinear: true }) };
}

/** @param {{ results: { name: string, tasks: number, megabytes: number }[] }} figures @returns {Plots} */
export function memoryPlots({ results }) {
  const series = seriesOf(results, ({ tasks, megabytes }) => [tasks, megabytes]);
  const title = "Resident memory by live tasks";
  return { memory: lineChart({ title, x: "tasks", y: "MB", series, isYLinear: true }) };
}

/**
 * @param {{ chain: import("../growth/chain.js").ChainCost[], table: import("../growth/table.js").TableCost[] }} figures
 * @returns {Plots}
 */
export function growthPlots({ chain, table }) {
  return {
    "growth-chain": lineChart({
      ...{ title: "The chain by its watchers", x: "watchers", y: "ns" },
      series: [
        { name: "an event", points: chain.map((one) => [one.watchers, one.raiseNs]) },
        { name: "an unwanted event", points: chain.map((one) => [one.watchers, one.unwantedNs]) },
        {
          name: "one more registration and its end",
          points: chain.map((one) => [one.watchers, one.registerLastNs]),
        },
      ],
    }),
    "growth-table": lineChart({
      ...{ title: "The table by its live tasks", x: "tasks", y: "ns" },
      series: [
        { name: "a fork while they grow", points: table.map((one) => [one.tasks, one.addNs]) },
        { name: "fork and exit of one more", points: table.map((one) => [one.tasks, one.lifeNs]) },
      ],
    }),
  };
}

/**
 * @template {{ readonly name: string }} T
 * @param {readonly T[]} results
 * @param {(result: T) => readonly [number, number]} point
 */
function seriesOf(results, point) {
  return [...new Set(results.map(({ name }) => name))].map((name) => ({
    name,
    points: results.filter((one) => one.name === name).map(point),
  }));
}
