// @ts-check
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { ROOT } from "../combinations/tarballs.js";
import { nodeBinary } from "./node-binary.js";

const TIMEOUT_MS = 1_800_000;
/** Of what was printed by a run without a report. */
const LAST_LINES = 20;

/**
 * The tests of one project on one version of Node.js, which is also the one that tests start by name.
 *
 * @param {string} version
 * @param {string} project
 * @param {readonly string[]} paths all when there is none
 * @returns {import("./run.js").Row}
 */
export function onNode(version, project, paths) {
  const folder = nodeBinary(version);
  const node = join(folder, "node");
  const work = mkdtempSync(join(tmpdir(), "task-watchers-nodes-"));
  try {
    const report = join(work, "report.json");
    const { status, stdout, stderr } = spawnSync(
      node,
      [
        ...["node_modules/vitest/vitest.mjs", "run", "--project", project],
        // The other for what there is to say should there be no report.
        ...["--reporter=verbose", "--reporter=json", "--outputFile.json", report, ...paths],
      ],
      {
        cwd: ROOT,
        encoding: "utf8",
        timeout: TIMEOUT_MS,
        maxBuffer: 1 << 28,
        env: { ...process.env, PATH: folder + delimiter + process.env["PATH"], NO_COLOR: "1" },
      },
    );
    const exact = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim();
    const what = `${project} tests${paths.length > 0 ? ` of ${paths.join(" ")}` : ""}`;
    const row = { platform: `Node.js ${exact}`, what };
    let told;
    try {
      told = JSON.parse(readFileSync(report, "utf8"));
    } catch {
      const last = `${stdout}${stderr}`.trim().split("\n").slice(-LAST_LINES).join("\n  ");
      return { ...row, result: "did not come to an end", faults: [last] };
    }
    const faults = failures(told);
    if (status !== 0 && faults.length === 0) faults.push(`exit status ${status}: ${stderr.trim()}`);
    const { numPassedTests: passed, numFailedTests: bad, numPendingTests: skipped } = told;
    return { ...row, result: `${passed} passed, ${bad} failed, ${skipped} skipped`, faults };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {any} report of vitest
 * @returns {string[]}
 */
function failures(report) {
  return report.testResults.flatMap((/** @type {any} */ file) => {
    const path = relative(ROOT, file.name);
    const bad = file.assertionResults.filter((/** @type {any} */ one) => one.status === "failed");
    if (bad.length === 0) return file.status === "failed" ? [`${path}: ${file.message}`] : [];
    return bad.map(
      (/** @type {any} */ one) =>
        `${path}: ${one.title}: ${String(one.failureMessages[0]).split("\n")[0]}`,
    );
  });
}
