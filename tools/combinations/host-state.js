// @ts-check
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const DELAYACCT = "/proc/sys/kernel/task_delayacct";

/**
 * What the watchers and the storm may change of the host.
 *
 * @typedef {object} HostState
 * @property {Record<string, string>} audit status by name; empty where it cannot be had
 * @property {string} rules
 * @property {string} delayacct
 */

/** @returns {HostState} */
export function hostState() {
  const status = output(["-s"]).matchAll(
    /^(enabled|failure|pid|rate_limit|backlog_limit) (.+)$/gmu,
  );
  const audit = Object.fromEntries(Array.from(status, ([, name, value]) => [name, value]));
  return { audit, rules: output(["-l"]), delayacct: readFileSync(DELAYACCT, "utf8").trim() };
}

/**
 * Switches auditing and delay accounting.
 *
 * @param {HostState} before as found
 * @param {boolean} on
 */
export function switchHost(before, on) {
  // 2 means that rules and status are locked until the host is booted anew.
  if (/^[01]$/u.test(before.audit["enabled"] ?? "")) output(["-e", on ? "1" : "0"]);
  writeFileSync(DELAYACCT, on ? "1" : "0");
}

/** @param {HostState} before */
export function restoreHost(before) {
  if (process.getuid?.() !== 0) return;
  switchHost(before, before.audit["enabled"] === "1");
  writeFileSync(DELAYACCT, before.delayacct);
}

/** @param {string[]} args of auditctl */
function output(args) {
  return spawnSync("auditctl", args, { encoding: "utf8" }).stdout ?? "";
}
