// @ts-check
/**
 * Whether anything grows faster than its answer: the chain's cost from 0 to 10,000 watchers, and that of the table from 100 to
 * 100,000 live tasks. `--quick`: shorter. `--json FILE`: the figures.
 */
import { writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { readOptions } from "../../tools/options/options.js";
import { tableText } from "../measuring/table.js";
import { measureChain } from "./chain.js";
import { measureTable } from "./table.js";

const values = readOptions(import.meta.url, {
  quick: { type: "boolean", default: false },
  json: { type: "string" },
});
const BUDGET_MS = values.quick ? 50 : 500;
const WATCHERS = [0, 1, 10, 100, 1000, 10_000];
const TASKS = [100, 1000, 10_000, 100_000];

// As --expose-gc does: what a task takes is only seen when garbage is gone.
setFlagsFromString("--expose-gc");
globalThis.gc = runInNewContext("gc");

// What comes first would pay for the compiler.
measureChain(10, BUDGET_MS);
await measureTable(100, BUDGET_MS);

const chain = WATCHERS.map((watchers) => measureChain(watchers, BUDGET_MS));
const table = [];
for (const tasks of TASKS) table.push(await measureTable(tasks, BUDGET_MS));

console.log(
  "the chain by its watchers, nanoseconds: an event, the same for each watcher, an event that nobody",
);
console.log("wants, a registration while they grow, and one more with its end\n");
console.log(
  tableText([
    ["watchers", "event", "each", "unwanted", "register", "one more"],
    ...chain.map(({ watchers, raiseNs, unwantedNs, registerNs, registerLastNs }) => [
      String(watchers),
      raiseNs.toFixed(1),
      watchers === 0 ? "" : (raiseNs / watchers).toFixed(1),
      unwantedNs.toFixed(1),
      watchers === 0 ? "" : registerNs.toFixed(0),
      registerLastNs.toFixed(0),
    ]),
  ]),
);
console.log(
  "\nthe table by its live tasks: nanoseconds of a fork while they grow, and of one more life; bytes\n",
);
console.log(
  tableText([
    ["tasks", "fork", "fork and exit", "bytes each"],
    ...table.map(({ tasks, addNs, lifeNs, bytes }) => [
      ...[String(tasks), addNs.toFixed(0), lifeNs.toFixed(0), bytes.toFixed(0)],
    ]),
  ]),
);
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ chain, table }, null, 2)}\n`);
}
process.exit(0);
