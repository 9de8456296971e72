// @ts-check
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { faultsOf, runIn } from "./check.js";
import { hostState, restoreHost, switchHost } from "./host-state.js";

const NAME = "@task-watchers/chain";

/**
 * Something that is another way than mostly, for all watchers at once.
 *
 * @typedef {object} Situation
 * @property {string} way
 * @property {boolean} [forRoot]
 * @property {(directory: string, names: readonly string[]) => string[]} faults
 */

/** @type {readonly Situation[]} */
export const SITUATIONS = [
  { way: "2 chains", faults: withTwoChains },
  { way: "no audit", faults: (directory, names) => watched(directory, names, false) },
  { way: "delays on", forRoot: true, faults: (...of) => withDelays(true, ...of) },
  { way: "delays off", forRoot: true, faults: (...of) => withDelays(false, ...of) },
  { way: "switched", forRoot: true, faults: withAuditSwitched },
  { way: "no events", forRoot: true, faults: withoutConnector },
];

/**
 * @param {string} directory
 * @param {readonly string[]} names
 * @param {boolean} audit whether it is to be switched on
 */
function watched(directory, names, audit) {
  const { told, faults } = runIn(directory, [
    "src/watch.js",
    ...(audit ? ["--enable-audit"] : []),
    ...names,
  ]);
  const isOn = audit || hostState().audit["enabled"] === "1";
  return told === undefined ? faults : [...faults, ...faultsOf(names, { audit: isOn }, told)];
}

/**
 * The program has a copy of its own.
 *
 * @param {string} directory
 * @param {readonly string[]} names
 */
function withTwoChains(directory, names) {
  const copy = join(directory, "src/node_modules");
  mkdirSync(join(copy, "@task-watchers"), { recursive: true });
  cpSync(realpathSync(join(directory, "node_modules", NAME)), join(copy, NAME), {
    recursive: true,
  });
  try {
    return watched(directory, names, process.getuid?.() === 0);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/**
 * @param {boolean} on
 * @param {string} directory
 * @param {readonly string[]} names
 */
function withDelays(on, directory, names) {
  const before = hostState();
  try {
    switchHost({ ...before, audit: {} }, on);
    return watched(directory, names, true);
  } finally {
    restoreHost(before);
  }
}

/**
 * Somebody else switches auditing on and off meanwhile.
 *
 * @param {string} directory
 * @param {readonly string[]} names
 */
function withAuditSwitched(directory, names) {
  const before = hostState();
  // 2 means that rules and status are locked until the host is booted anew.
  if (!/^[01]$/u.test(before.audit["enabled"] ?? "")) return ["audit is locked, or not to be had"];
  const script = "while :; do auditctl -e 0; sleep 0.03; auditctl -e 1; sleep 0.03; done";
  const other = spawn("sh", ["-c", script], { stdio: "ignore" });
  try {
    const { told, faults } = runIn(directory, ["src/watch.js", "--enable-audit", ...names]);
    if (told === undefined) return faults;
    // How many records come is a matter of luck.
    const lines = { ...told.lines, audit: 1 };
    return [...faults, ...faultsOf(names, { audit: true }, { ...told, lines })];
  } finally {
    other.kill("SIGKILL");
    restoreHost(before);
  }
}

/**
 * In another network namespace, where the kernel tells no process events: watchers that are registered warn, and a program may
 * still hear of the ends of its own children.
 *
 * @param {string} directory
 * @param {readonly string[]} names
 */
function withoutConnector(directory, names) {
  const under = ["unshare", "--net"];
  const registers = names.flatMap((name) => ["--import", `@task-watchers/${name}/register`]);
  const { faults } = runIn(directory, [...registers, "src/alone.js"], { under, warns: true });
  const { told, faults: more } = runIn(directory, ["src/watch.js", "--pidfd", ...names], { under });
  if (told === undefined) return [...faults, ...more];
  const { ends, errors, left } = told;
  const is = JSON.stringify({ ends, errors, left });
  const should = JSON.stringify({ ends: [3], errors: 0, left: 0 });
  return [...faults, ...more, ...(is === should ? [] : [`by pidfd: ${is}, should be ${should}`])];
}
