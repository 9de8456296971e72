// @ts-check
/** Compares the dispatch of the chains with other emitters: `run.js [--mixed] [--quick] [--json FILE]`. */
import { writeFileSync } from "node:fs";
import { readOptions } from "../../tools/options/options.js";
import { formatReport, makeReport } from "./report.js";
import { measureAll, tryIsolation } from "./rounds.js";

/** What a run may take, and how it is spent. */
const QUICK = {
  watchers: [1, 3, 10],
  budgetMs: 25_000,
  mostRounds: 3,
  warmUpMs: 30,
  samples: 6,
  sampleMs: 2,
};
const FULL = {
  watchers: [0, 1, 3, 10],
  budgetMs: 165_000,
  mostRounds: 15,
  warmUpMs: 80,
  samples: 14,
  sampleMs: 4,
};

const values = readOptions(import.meta.url, {
  mixed: { type: "boolean", default: false },
  quick: { type: "boolean", default: false },
  json: { type: "string" },
});
const plan = { mixed: values.mixed, ...(values.quick ? QUICK : FULL) };
const isolation = await tryIsolation();
const measured = await measureAll(plan, (round) => process.stderr.write(`round ${round}\n`));
const report = makeReport(values.mixed, measured, isolation);
console.log(formatReport(report));
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
}
