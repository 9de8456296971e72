// @ts-check
/**
 * How many short programs keep their arguments: so many /bin/true with an argument of their own, one, four and sixteen at a time,
 * told by ours and by today's other programs, in turns. `--quick`: fewer, once. `--peers`: installs what is missing (apt-get).
 * `--json FILE`: the figures.
 */
import { writeFileSync } from "node:fs";
import { providePeers } from "../measuring/installed.js";
import { goOn, untilInterrupted } from "../measuring/interrupt.js";
import { median } from "../measuring/statistics.js";
import { readOptions } from "../../tools/options/options.js";
import { tableText } from "../measuring/table.js";
import { contenders } from "./contenders.js";
import { measure, unwatched } from "./measure.js";

/** @typedef {import("./measure.js").Captured} Captured */

const values = readOptions(import.meta.url, {
  quick: { type: "boolean", default: false },
  peers: { type: "boolean", default: false },
  json: { type: "string" },
});
const EXECS = values.quick ? 480 : 4800;
const ROUNDS = values.quick ? 1 : 5;
const PARALLEL = [1, 4, 16];

await untilInterrupted(async () => {
  providePeers(values.peers);
  const all = contenders();
  /** @type {Map<string, string>} */
  const failed = new Map();
  /** @type {{ name: string, parallel: number, seen: number, least: number, slower: number }[]} */
  const results = [];
  for (const parallel of PARALLEL) {
    /** @type {Map<string, Captured[]>} */
    const captured = new Map(all.map(({ name }) => [name, []]));
    /** @type {number[]} */
    const alone = [];
    for (let round = 0; round < ROUNDS; round++) {
      alone.push(await unwatched(EXECS, parallel));
      for (let i = 0; i < all.length; i++) {
        // Another order in every round, so that drift hits all alike.
        const contender = all[(i + round) % all.length];
        goOn();
        if (contender === undefined || failed.has(contender.name)) continue;
        try {
          captured.get(contender.name)?.push(await measure(contender, EXECS, parallel));
        } catch (error) {
          goOn();
          failed.set(contender.name, error instanceof Error ? error.message : String(error));
        }
      }
    }
    for (const [name, rounds] of captured) {
      if (rounds.length === 0) continue;
      const seen = rounds.map((one) => one.seen);
      results.push({
        ...{ name, parallel, seen: median(seen), least: Math.min(...seen) },
        slower: median(rounds.map(({ seconds }, i) => seconds / (alone[i] ?? Number.NaN))),
      });
    }
  }
  console.log(
    `execs of ${EXECS} with their arguments, median of ${ROUNDS} rounds; in brackets the least`,
  );
  console.log("and how much longer the load took than unwatched\n");
  const head = ["", ...PARALLEL.map((parallel) => `${parallel} at a time`)];
  const lines = all.map(({ name }) => [
    name,
    ...PARALLEL.map((parallel) => {
      const one = results.find((result) => result.name === name && result.parallel === parallel);
      return one === undefined ? "-" : `${one.seen} (${one.least}) ${one.slower.toFixed(2)} ×`;
    }),
  ]);
  console.log(tableText([head, ...lines]));
  for (const [name, why] of failed) console.log(`\nleft out: ${name}: ${why.trim()}`);
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ execs: EXECS, results }, null, 2)}\n`);
  }
});
