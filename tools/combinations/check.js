// @ts-check
import { spawnSync } from "node:child_process";

/** Nothing but warnings of ours, and what Node.js adds to the first one. */
const WARNINGS = /^(?:\(node:\d+\) \[\w+\] TaskWatchersWarning: .*\n(?:\(Use `node .*\n)?)+$/u;

/**
 * What is wrong with what a combination did; nothing when all is as it should be.
 *
 * @param {readonly string[]} names the watchers installed
 * @param {{ audit: boolean }} expected whether audit was to work
 * @param {any} told the line that `watch.js` printed
 * @returns {string[]}
 */
export function faultsOf(names, expected, told) {
  /** @type {string[]} */
  const faults = [];
  const want = (
    /** @type {string} */ what,
    /** @type {unknown} */ is,
    /** @type {unknown} */ should,
  ) => {
    const [found, wanted] = [JSON.stringify(is), JSON.stringify(should)];
    if (found !== wanted) faults.push(`${what}: ${found}, should be ${wanted}`);
  };
  want("loaded", [...told.loaded].sort(), [...names].sort());
  for (const name of names) {
    const state = String(told.states[name]);
    if (name === "audit" && !expected.audit) want("state of audit", state.split(":")[0], "failed");
    else want(`state of ${name}`, state, "open");
  }
  // The shell, /bin/true, the subshell and its sleep.
  want("init", told.events.init, 4);
  want("exec", told.events.exec, 3);
  want("exit", told.events.exit, 4);
  want("free", told.events.free, 4);
  want("exit codes", [...told.ends].sort(), [0, 0, 3, 7]);
  if (names.includes("delayacct")) want("lines of delayacct", told.lines.delays, 4);
  if (names.includes("audit") && expected.audit) want("lines of audit", told.lines.audit > 0, true);
  want("errors of watchers", told.errors, 0);
  want("modules left", told.left, 0);
  // Of the whole host: where nothing of ours is missing, others' were lost.
  if (faults.length > 0 && told.lost > 0) faults.push(`${told.lost} events lost`);
  return faults;
}

/**
 * Runs one of the workloads in a project.
 *
 * @param {string} directory
 * @param {readonly string[]} args of node
 * @param {{ under?: readonly string[], warns?: boolean }} [options] a command that runs it; whether it is to warn, once or more
 * @returns {{ told: any, faults: string[] }}
 */
export function runIn(directory, args, { under = [], warns = false } = {}) {
  const [file = "", ...rest] = [...under, process.execPath, ...args];
  const { status, signal, stdout, stderr } = spawnSync(file, rest, {
    cwd: directory,
    encoding: "utf8",
    timeout: 60_000,
  });
  /** @type {string[]} */
  const faults = [];
  if (signal !== null) faults.push(`did not end by itself (${signal})`);
  else if (status !== 0) faults.push(`exit status ${status}: ${lastLine(stderr)}`);
  else if (warns ? !WARNINGS.test(stderr) : stderr !== "")
    faults.push(`standard error: ${lastLine(stderr)}`);
  let told;
  try {
    told = JSON.parse(stdout);
  } catch {
    if (faults.length === 0) faults.push(`printed ${JSON.stringify(stdout)}`);
  }
  return { told, faults };
}

/** @param {string} text */
function lastLine(text) {
  return text.trim().split("\n").at(-1) ?? "";
}
