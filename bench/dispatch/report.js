// @ts-check
/** What was measured, as tables and as plain data. */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { checkClaims, ratioToReference } from "./claims.js";
import { CONTENDERS } from "./contenders.js";
import { median, spread } from "./statistics.js";

/** @typedef {import("./claims.js").Claim} Claim */
/** @typedef {import("./isolation.js").Isolation} Isolation */
/** @typedef {import("./rounds.js").Pair} Pair */
/** @typedef {import("./rounds.js").Pairs} Pairs */
/**
 * @typedef {object} Row
 * @property {string} contender
 * @property {string | undefined} version Of the package, for a peer from npm
 * @property {boolean} isolates
 * @property {string} errorGoesTo
 * @property {number} watchers
 * @property {number} ns Median of the rounds
 * @property {number} ratio To the reference measured beside it; median of the rounds
 * @property {number} spread Of that ratio
 * @property {readonly Pair[]} rounds
 */
/** @typedef {{ mixed: boolean, node: string, cpu: string, rows: Row[], claims: Claim[] }} Report */

/**
 * @param {boolean} mixed
 * @param {Map<number, Pairs>} measured by number of watchers
 * @param {Map<string, Isolation>} isolation
 * @returns {Report}
 */
export function makeReport(mixed, measured, isolation) {
  /** @type {{ devDependencies: Record<string, string> }} */
  const { devDependencies } = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );
  const rows = [];
  for (const [watchers, pairs] of measured) {
    for (const { name: contender } of CONTENDERS) {
      const rounds = pairs.get(contender) ?? [];
      rows.push({
        contender,
        version: devDependencies[contender],
        ...(isolation.get(contender) ?? { isolates: false, errorGoesTo: "unknown" }),
        watchers,
        ns: median(rounds.map(({ ns }) => ns)),
        ratio: ratioToReference(rounds),
        spread: spread(rounds.map(({ ns, referenceNs }) => ns / referenceNs)),
        rounds,
      });
    }
  }
  const cpu = cpus()[0]?.model ?? "unknown CPU";
  const claims = checkClaims(measured, isolation);
  return { mixed, node: process.version, cpu, rows, claims };
}

/** @param {Report} report */
export function formatReport({ mixed, node, cpu, rows, claims }) {
  const rounds = rows[0]?.rounds.length ?? 0;
  const types = mixed ? "seven event types, the lives of tasks" : "one event type";
  const lines = [`Node.js ${node}, ${cpu}; ${types}; ${rounds} rounds`];
  for (const watchers of new Set(rows.map((row) => row.watchers))) {
    lines.push(
      "",
      line(
        watchers === 1 ? "1 watcher" : `${watchers} watchers`,
        "isolates",
        "error goes to",
        "ns",
        "ratio",
        "spread",
      ),
    );
    for (const row of rows.filter((row) => row.watchers === watchers)) {
      const { contender, version, isolates, errorGoesTo, ns, ratio, spread } = row;
      lines.push(
        line(
          version === undefined ? contender : `${contender} ${version}`,
          isolates ? "yes" : "no",
          errorGoesTo,
          ns.toFixed(1),
          ratio.toFixed(2),
          `${(spread * 100).toFixed(0)} %`,
        ),
      );
    }
  }
  return [...lines, "", ...formatClaims(claims)].join("\n");
}

/** @param {readonly Claim[]} claims */
function formatClaims(claims) {
  const lines = [];
  for (const peers of new Set(claims.map((claim) => claim.peers))) {
    const some = claims.filter((claim) => claim.peers === peers);
    const target = some[0]?.target.toFixed(2);
    lines.push(`Time of the fastest of the ${peers}: at most ${target} of it is claimed`);
    for (const chain of new Set(some.map((claim) => claim.chain))) {
      const own = some.filter((claim) => claim.chain === chain);
      if (chain === some[0]?.chain) {
        lines.push(
          claimLine(
            "watchers",
            own.map(({ watchers }) => `${watchers}`),
          ),
        );
        lines.push(
          claimLine(
            "fastest",
            own.map(({ fastest }) => fastest.replace(/^node:/, "")),
          ),
        );
      }
      lines.push(
        claimLine(
          chain,
          own.map(({ ratio, holds }) => `${holds ? "" : "NO "}${ratio.toFixed(2)}`),
        ),
      );
    }
    lines.push("");
  }
  return lines;
}

/**
 * @param {string} title
 * @param {string[]} cells
 */
function claimLine(title, cells) {
  return [title.padEnd(26), ...cells.map((cell) => cell.padStart(21))].join("");
}

/** @param {string[]} cells the first three text, the others numbers */
function line(...cells) {
  const widths = [26, 8, 17];
  return cells
    .map((cell, index) =>
      widths[index] === undefined ? cell.padStart(8) : cell.padEnd(widths[index]),
    )
    .join("  ");
}
