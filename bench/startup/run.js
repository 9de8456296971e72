// @ts-check
/**
 * What a command waits for before it begins: `run -- true` and others that start it, beside `node -e 0`, in turns. `--quick`: fewer
 * rounds. `--json FILE`: the figures.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isInstalled } from "../measuring/installed.js";
import { goOn, untilInterrupted } from "../measuring/interrupt.js";
import { median, range, rangeText } from "../measuring/statistics.js";
import { readOptions } from "../../tools/options/options.js";
import { tableText } from "../measuring/table.js";
import { timed } from "../measuring/timed.js";

/** @typedef {import("../measuring/timed.js").Times} Times */

const values = readOptions(import.meta.url, {
  quick: { type: "boolean", default: false },
  json: { type: "string" },
});
const ROUNDS = values.quick ? 5 : 31;
/** Above Node.js' own start, at most this is claimed. */
const TARGET_MS = 80;

const main = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));
const NODE = "node -e 0";
const OURS = "run -- true";
const run = [process.execPath, main, "run", "-q"];

/** @type {Record<string, readonly string[]>} */
const COMMANDS = {
  [NODE]: [process.execPath, "-e", "0"],
  [OURS]: [...run, "--", "true"],
  "run --source proc -- true": [...run, "--source", "proc", "--", "true"],
  "run --with delayacct -- true": [...run, "--with", "delayacct", "--", "true"],
  "--version": [process.execPath, main, "--version"],
  true: ["true"],
  ...(isInstalled("strace") && { "strace -f true": ["strace", "-f", "-o", "/dev/null", "true"] }),
};

/** As a login has it. npm adds a handful of its own folders, and each one in which a program is not costs an exec that fails. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const env = { ...process.env, PATH };

await untilInterrupted(async () => {
  const names = Object.keys(COMMANDS);
  /** @type {Map<string, Times[]>} */
  const measured = new Map(names.map((name) => [name, []]));
  for (const name of names) await timed(COMMANDS[name] ?? [], { env });
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < names.length; i++) {
      // Another order in every round, so that drift hits all alike.
      const name = names[(i + round) % names.length] ?? "";
      goOn();
      measured.get(name)?.push((await timed(COMMANDS[name] ?? [], { env })).program);
    }
  }
  const base = measured.get(NODE) ?? [];
  console.log(`start to end, milliseconds, median of ${ROUNDS} rounds; above ${NODE}: by pairs\n`);
  const results = names.map((name) => {
    const times = measured.get(name) ?? [];
    const above = times.map(({ elapsed }, i) => (elapsed - (base[i]?.elapsed ?? 0)) * 1000);
    return {
      name,
      elapsedMs: median(times.map(({ elapsed }) => elapsed * 1000)),
      cpuMs: median(times.map(({ user, system }) => (user + system) * 1000)),
      above: range(above),
    };
  });
  const head = ["", "elapsed", "CPU", `above ${NODE}`];
  const lines = results.map(({ name, elapsedMs, cpuMs, above }) => [
    name,
    elapsedMs.toFixed(1),
    cpuMs.toFixed(1),
    rangeText(above, 1),
  ]);
  console.log(tableText([head, ...lines]));
  const own = results.find(({ name }) => name === OURS)?.above.middle ?? Number.NaN;
  console.log(`\nat most ${TARGET_MS} ms above is claimed: ${own <= TARGET_MS ? "holds" : "NO"}`);
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ results }, null, 2)}\n`);
  }
});
