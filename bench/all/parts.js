// @ts-check
/** The benchmarks, in the order of the results. */
import { capturePlots, connectorPlots, growthPlots, memoryPlots, patchesPlots } from "./plots.js";

/**
 * @typedef {object} Part
 * @property {string} name its folder, and that of its script
 * @property {string} title
 * @property {readonly string[]} [full] arguments (default: none)
 * @property {readonly string[]} [quick] arguments of a quick run; left out of it without
 * @property {boolean} [hasPeers] takes `--peers`
 * @property {(figures: any) => import("./plots.js").Plots} [plots] of what it writes with `--json`
 */

/** @type {readonly Part[]} */
export const PARTS = [
  {
    ...{ name: "patches", title: "A kernel build under each watcher" },
    ...{ quick: ["--quick"], hasPeers: true, plots: patchesPlots },
  },
  {
    ...{ name: "capture", title: "Which short programs keep their arguments" },
    ...{ quick: ["--quick"], hasPeers: true, plots: capturePlots },
  },
  {
    ...{ name: "connector", title: "What it costs to listen" },
    ...{ quick: ["--quick"], plots: connectorPlots },
  },
  { name: "memory", title: "Memory", quick: ["--quick"], plots: memoryPlots },
  { name: "startup", title: "Start-up", quick: ["--quick"] },
  { name: "growth", title: "How cost grows", quick: ["--quick"], plots: growthPlots },
  { name: "dispatch", title: "Telling watchers, beside other emitters", quick: ["--quick"] },
  { name: "overhead", title: "Short programs in a row" },
  { name: "semundo", title: "Undo", quick: [] },
  { name: "profile", title: "Profiles" },
  { name: "audit", title: "Audit" },
  { name: "exec-stop", title: "Stopped execs" },
  { name: "bpf", title: "BPF programs" },
  { name: "report", title: "Reports" },
];
