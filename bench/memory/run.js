// @ts-check
/**
 * Resident memory by the number of live tasks: of ours, the whole way and with every watcher, and of forkstat. A process for each
 * figure: what was once taken is seldom given back. `--quick`: fewer tasks. `--json FILE`: the figures.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readOptions } from "../../tools/options/options.js";
import { residentBytesOfTree } from "../measuring/cpu-time.js";
import { isInstalled } from "../measuring/installed.js";
import { goOn, untilInterrupted } from "../measuring/interrupt.js";
import { observed } from "../measuring/observer.js";
import { tableText } from "../measuring/table.js";
import { mostSleepers, withSleepers } from "./sleepers.js";

const values = readOptions(import.meta.url, {
  quick: { type: "boolean", default: false },
  json: { type: "string" },
});
const COUNTS = values.quick ? [100, 1000, 3000] : [100, 300, 1000, 3000, 10_000, 30_000];
/** Until what was read has been told and the heap has settled. */
const SETTLE_MS = values.quick ? 500 : 3000;
/** With so many live tasks, at most this is claimed. */
const TARGET = { tasks: 10_000, megabytes: 80 };
const CLAIMED = new Set(["chain and tasks", "watch by the connector", "watch by BPF"]);

const watcher = fileURLToPath(new URL("../patches/watcher.js", import.meta.url));
const main = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));

/** @param {string} row */
function ours(row) {
  return { command: [process.execPath, watcher, row, "connector"], isOurs: true };
}

/** @param {string} source */
function watch(source) {
  const args = ["watch", "--source", source, "--command", "^none of them$"];
  return { command: [process.execPath, main, ...args] };
}

/** @type {Record<string, import("../measuring/observer.js").Observer>} */
const CONTENDERS = {
  "Node.js alone": {
    command: [process.execPath, "-e", "process.stdin.resume(); console.log('ready')"],
    isOurs: true,
  },
  "chain and tasks": ours("chain and tasks"),
  "proc-events": ours("proc-events"),
  "per-task watchers": ours("per-task watchers"),
  "watch by the connector": watch("connector"),
  "watch by BPF": watch("bpf"),
  ...(isInstalled("forkstat") && { forkstat: { command: ["forkstat", "-e", "fork,exec,exit"] } }),
};

await untilInterrupted(async () => {
  const counts = COUNTS.filter((count) => count <= mostSleepers());
  /** @type {{ name: string, tasks: number, megabytes: number }[]} */
  const results = [];
  for (const [name, observer] of Object.entries(CONTENDERS)) {
    for (const tasks of counts) {
      goOn();
      const { result } = await observed(observer, ({ pid }) =>
        withSleepers(tasks, async () => {
          await delay(SETTLE_MS);
          return residentBytesOfTree(pid);
        }),
      );
      results.push({ name, tasks, megabytes: result / 1e6 });
    }
  }
  console.log("resident memory in MB by the number of tasks that were made and live\n");
  const head = ["tasks", ...counts.map(String)];
  const lines = Object.keys(CONTENDERS).map((name) => [
    name,
    ...results.filter((one) => one.name === name).map(({ megabytes }) => megabytes.toFixed(1)),
  ]);
  console.log(tableText([head, ...lines]));
  for (const { name, tasks, megabytes } of results) {
    if (tasks !== TARGET.tasks || !CLAIMED.has(name)) continue;
    const holds = megabytes < TARGET.megabytes ? "holds" : "NO";
    console.log(`\n${name}, with ${tasks} tasks under ${TARGET.megabytes} MB is claimed: ${holds}`);
  }
  for (const tasks of COUNTS.filter((count) => !counts.includes(count))) {
    console.log(`\nleft out: ${tasks} tasks; there may not be so many here`);
  }
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ results }, null, 2)}\n`);
  }
});
