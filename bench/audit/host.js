// @ts-check
/** The host's audit: looked at, held by a lease, and found as it was afterwards. */
import { acquireAuditLease, formatRule, openAuditClient } from "@task-watchers/audit/client";
import { setTimeout as delay } from "node:timers/promises";

/** @typedef {import("@task-watchers/audit/client").AuditClient} AuditClient */

/** How long others, such as tests, may take to give back what they hold. */
const PATIENCE_MS = 60_000;

/** What somebody has set. @param {AuditClient} client */
export async function hostState(client) {
  const { enabled, failure, pid, rateLimit, backlogLimit, backlogWaitTicks } =
    await client.status();
  const rules = (await client.rules()).map((rule) => formatRule(rule));
  return { enabled, failure, pid, rateLimit, backlogLimit, backlogWaitTicks, rules };
}

/** Opens audit where nobody else uses it. @throws Error that says who does */
export async function openQuietAudit() {
  const client = await openAuditClient();
  try {
    // The first lease takes away what a killed run has left.
    await (await acquireAuditLease({ client, rules: ["exec"], enable: true })).release();
    await quiet(client);
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Waits until audit is off, without a daemon and without rules. @param {AuditClient} client */
export async function quiet(client) {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const { enabled, pid, rules } = await hostState(client);
    if (enabled === 0 && pid === 0 && rules.length === 0) return;
    if (performance.now() > end) {
      throw new Error(
        `this compares with audit off and nobody else's rules, but enabled is ${enabled}, the daemon's pid ${pid}, ` +
          `and there are ${rules.length} rules; stop auditd, auditctl -D, auditctl -e 0`,
      );
    }
    await delay(100);
  }
}

/**
 * Does something while every exec is recorded.
 *
 * @template T
 * @param {AuditClient} client
 * @param {() => Promise<T>} body
 */
export async function withRules(client, body) {
  const lease = await acquireAuditLease({ client, rules: ["exec"], enable: true });
  try {
    return await body();
  } finally {
    await lease.release();
  }
}

/**
 * Whether nobody else has rules, and the daemon is the one it was.
 *
 * @param {AuditClient} client
 * @param {{ readonly rules: boolean, readonly daemon: number }} expected
 */
export async function isAlone(client, { rules, daemon }) {
  const { pid, rules: texts } = await hostState(client);
  const own = texts.filter((rule) => rule.includes(`task-watchers:${process.pid}:`));
  return pid === daemon && texts.length === own.length && own.length > 0 === rules;
}
