// @ts-check
/** What a reader of ours makes of execs at a fixed rate: what it loses, what it costs. */
import { setTimeout as delay } from "node:timers/promises";
import { cpuNs, withReader } from "./children.js";
import { quiet, withRules } from "./host.js";
import { makeExecs } from "./load.js";

/** @typedef {import("@task-watchers/audit/client").AuditClient} AuditClient */
/**
 * @typedef {object} FixedRate
 * @property {number} rate execs a second that were reached
 * @property {number} made execs
 * @property {number} execs that were told of; 0 where records are only counted
 * @property {number} whole those with every argument
 * @property {number} told records
 * @property {number} lost records, at the socket
 * @property {number} kernelLost records, by the kernel's count
 * @property {number} missingSerials events lost whole
 * @property {number} cpuNs of our process a record
 * @property {number} load of one CPU that our process took
 */

export const EXECS_PER_SECOND = 6000;
export const SECONDS = 5;

/** @param {AuditClient} client @param {"records" | "facts"} kind */
export async function measureFixedRate(client, kind) {
  await quiet(client);
  return await withRules(client, async () => {
    const kernelLost = (await client.status()).lost;
    let cpu = 0;
    let warmUp = 0;
    let made = 0;
    let seconds = 0;
    const result = await withReader(kind, async (pid) => {
      // Compiled by now.
      warmUp = (await makeExecs(0.5, EXECS_PER_SECOND)).execs;
      await delay(300);
      const before = cpuNs(pid);
      const load = await makeExecs(SECONDS, EXECS_PER_SECOND);
      await delay(300);
      cpu = cpuNs(pid) - before;
      made = load.execs;
      seconds = load.seconds;
    });
    const { told, lost, execs, whole, missingSerials } = result;
    const records = told * (made / (made + warmUp));
    return {
      rate: made / seconds,
      made: made + warmUp,
      ...{ execs, whole, told, lost, missingSerials },
      kernelLost: (await client.status()).lost - kernelLost,
      cpuNs: cpu / records,
      load: cpu / 1e9 / seconds,
    };
  });
}
