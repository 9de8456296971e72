// @ts-check
/** What is compared, and one measurement of it. */
import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { withAuditd, withReader } from "./children.js";
import { isAlone, quiet, withRules } from "./host.js";
import { makeExecs } from "./load.js";

/** @typedef {import("@task-watchers/audit/client").AuditClient} AuditClient */
/**
 * @typedef {object} Row
 * @property {boolean} [rules] every exec is recorded
 * @property {boolean} [auditd]
 * @property {"reading" | "stopped"} [reader] ours
 */
/**
 * @typedef {object} Measured
 * @property {number} rate execs a second, of tasks that have ended
 * @property {number | undefined} told records our reader was given
 * @property {number | undefined} lost records it lost, by the socket's own count
 * @property {number} kernelLost records by the kernel's count
 */

/** @type {Record<string, Row>} */
export const ROWS = {
  "audit off": {},
  "rules, no reader": { rules: true },
  "rules, our reader stopped": { rules: true, reader: "stopped" },
  "rules, our reader": { rules: true, reader: "reading" },
  "rules, auditd": { rules: true, auditd: true },
  "rules, auditd, our reader": { rules: true, auditd: true, reader: "reading" },
};

export function hasAuditd() {
  return spawnSync("auditd", ["-h"], { stdio: "ignore" }).error === undefined;
}

/** @param {AuditClient} client @param {Row} row @param {number} seconds */
export async function measure(client, row, seconds) {
  for (let left = 5; ; left--) {
    await quiet(client);
    const measured = await measureOnce(client, row, seconds);
    // A rule of somebody else's would be tried at each call, and make records.
    if (measured !== undefined) return measured;
    if (left === 0) throw new Error("somebody else uses audit all the time");
  }
}

/** Undefined when we were not alone. @param {AuditClient} client @param {Row} row @param {number} seconds */
async function measureOnce(client, { rules = false, auditd = false, reader }, seconds) {
  /** @type {Measured | undefined} */
  let measured;
  const load = async () => {
    const before = await client.status();
    if ((before.pid !== 0) !== auditd) return;
    const alone = await isAlone(client, { rules, daemon: before.pid });
    const made = await makeExecs(seconds);
    const after = await client.status();
    if (!alone || !(await isAlone(client, { rules, daemon: before.pid }))) return;
    measured = {
      rate: made.execs / made.seconds,
      told: undefined,
      lost: undefined,
      kernelLost: after.lost - before.lost,
    };
  };
  const heard = async () => {
    if (reader === undefined) return await load();
    const { told, lost } = await withReader("records", async (pid) => {
      if (reader === "stopped") process.kill(pid, "SIGSTOP");
      await load();
      if (reader === "stopped") process.kill(pid, "SIGCONT");
      await delay(200);
    });
    if (measured !== undefined) measured = { ...measured, told, lost };
  };
  const daemonPid = async () => (await client.status()).pid;
  const recorded = auditd ? () => withAuditd(daemonPid, heard) : heard;
  if (rules) await withRules(client, recorded);
  else await recorded();
  return measured;
}
