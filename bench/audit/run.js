// @ts-check
/**
 * What audit costs a host that execs as fast as it can: off, with rules, with our reader, stopped and reading, with auditd, in
 * turns; then what our reader makes of a fixed rate. Puts status and rules of audit back, also when interrupted. `--quick`:
 * fewer, shorter rounds. `--json FILE`: the figures of every round.
 */
import { writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { readOptions } from "../../tools/options/options.js";
import { measureFixedRate } from "./fixed-rate.js";
import { hostState, openQuietAudit } from "./host.js";
import { makeExecs, WORKERS } from "./load.js";
import { printFixedRate, printRows } from "./print.js";
import { hasAuditd, measure, ROWS } from "./rows.js";

/** @typedef {import("./rows.js").Measured} Measured */
/** @typedef {import("./fixed-rate.js").FixedRate} FixedRate */

const values = readOptions(import.meta.url, {
  quick: { type: "boolean" },
  json: { type: "string" },
});
// Short and many: a neighbour on the same CPU spoils some of them.
const ROUNDS = values.quick ? 3 : 15;
const SECONDS = values.quick ? 0.7 : 1.5;
const FIXED_ROUNDS = values.quick ? 1 : 5;

let interrupted = false;
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  // What is under way ends within seconds, and gives back what it holds.
  process.on(signal, () => (interrupted = true));
}

function goOn() {
  if (interrupted) throw new Error("interrupted");
}

const names = Object.keys(ROWS);
if (!hasAuditd()) {
  process.stderr.write("auditd is not installed (Debian: apt-get install auditd): left out\n");
  for (const name of names.splice(0)) if (!ROWS[name]?.auditd) names.push(name);
}
const client = await openQuietAudit();
const before = await hostState(client);
/** @type {Map<string, Measured[]>} */
const measured = new Map(names.map((name) => [name, []]));
/** @type {Map<string, FixedRate[]>} */
const fixed = new Map([
  ["records", []],
  ["facts", []],
]);
try {
  process.stdout.write(`Linux ${release()}, ${cpus().length} CPUs, Node.js ${process.version}\n`);
  process.stdout.write(
    `execs of a static program by ${WORKERS} processes, as fast as they can, median of ${ROUNDS} paired rounds of ${SECONDS} s\n\n`,
  );
  await makeExecs(0.5);
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < names.length; i++) {
      // Another order in every round, so that drift hits all alike.
      const name = names[(i + round) % names.length] ?? "";
      goOn();
      measured.get(name)?.push(await measure(client, ROWS[name] ?? {}, SECONDS));
    }
  }
  printRows(measured);
  for (let round = 0; round < FIXED_ROUNDS; round++) {
    for (const [kind, all] of fixed) {
      goOn();
      all.push(await measureFixedRate(client, kind === "facts" ? "facts" : "records"));
    }
  }
  printFixedRate(fixed);
  const all = { rows: Object.fromEntries(measured), fixed: Object.fromEntries(fixed) };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(all, null, 2)}\n`);
} catch (error) {
  if (!interrupted) throw error;
  process.stderr.write("interrupted\n");
  process.exitCode = 130;
} finally {
  const after = await hostState(client);
  client.close();
  if (!isDeepStrictEqual(after, before)) {
    process.stderr.write(
      `audit is not as it was, unless somebody else uses it: ${JSON.stringify({ before, after })}\n`,
    );
    process.exitCode = 1;
  }
}
