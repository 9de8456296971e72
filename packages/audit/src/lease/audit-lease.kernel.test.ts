// Needs: CAP_AUDIT_CONTROL in the initial namespaces; root for what gives capabilities up.
import {
  asNobody,
  capability,
  initialNamespaces,
  installed,
  kernelTest,
  openDescriptors,
  root,
} from "@task-watchers/kernel-test";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect } from "vitest";
import type { AuditClient } from "../client/audit-client.ts";
import { type AuditState, auditState, keepingAudit } from "../client/audit-state.fixture.ts";
import { openAuditDaemon } from "../reader/audit-daemon.ts";
import { acquireAuditLease } from "./audit-lease.ts";
import { leaseKeyOf } from "./lease-key.ts";

const needs = [capability("CAP_AUDIT_CONTROL"), initialNamespaces];

/** Audit is off, as the tests want it at first. */
async function fromOff(
  body: (client: AuditClient, before: AuditState) => Promise<void>,
): Promise<void> {
  await keepingAudit(async (client) => {
    await client.setStatus({ enabled: 0 });
    await body(client, await auditState(client));
  });
}

kernelTest("a lease leaves the status and the rules as they were", needs, async () => {
  const descriptors = openDescriptors();
  await fromOff(async (client, before) => {
    const lease = await acquireAuditLease({ client, rules: ["exec", "exit", "ids"], enable: true });
    expect((await client.status()).enabled).toBe(1);
    expect(lease).toMatchObject({ changed: true, printsToKernelLog: true, obstacles: [] });
    const held = (await client.rules()).filter((rule) => leaseKeyOf(rule) !== undefined);
    expect(held).toEqual(lease.rules);
    expect(held.map((rule) => leaseKeyOf(rule)?.what)).toEqual(
      ["exec", "exit", "ids"].flatMap((what) =>
        Array.from({ length: held.length / 3 }, () => what),
      ),
    );
    expect(held.every((rule) => leaseKeyOf(rule)?.wasOff)).toBe(true);
    const end = await lease.release();
    expect(end).toEqual({
      ...{ removed: held.length, gone: [], enabled: "restored", switchedOff: false },
    });
    expect(await lease.release()).toBe(end);
    expect(await auditState(client)).toEqual(before);
  });
  expect(openDescriptors()).toEqual(descriptors);
});

kernelTest("a lease of audit that was on leaves it on", needs, async () => {
  await fromOff(async (client) => {
    await client.setStatus({ enabled: 1 });
    const before = await auditState(client);
    const lease = await acquireAuditLease({ client, rules: ["exec"] });
    expect(lease).toMatchObject({ changed: false, oldTasksRecord: true });
    expect(lease.rules.every((rule) => leaseKeyOf(rule)?.wasOff === false)).toBe(true);
    expect(await lease.release()).toMatchObject({ gone: [], enabled: "left-alone" });
    expect(await auditState(client)).toEqual(before);
  });
});

kernelTest("audit that is off stays so where it was not asked for", needs, async () => {
  await fromOff(async (client, before) => {
    await expect(acquireAuditLease({ client, rules: ["exec"] })).rejects.toMatchObject({
      name: "AuditUnavailableError",
      code: "EDISABLED",
      remedy: expect.stringMatching(/--enable-audit.*auditctl -e 1/u),
    });
    expect(await auditState(client)).toEqual(before);
  });
});

kernelTest("rules are narrowed down to a session or to processes", needs, async () => {
  await fromOff(async (client) => {
    const narrow = { client, rules: ["exec"], enable: true, session: 12, pids: [1, 2] } as const;
    await using lease = await acquireAuditLease({ ...narrow, arches: [0xc000003e] });
    expect(lease.rules.map(({ fields }) => fields.slice(0, -1).map(({ value }) => value))).toEqual([
      [0xc000003e, 1, 12],
      [0xc000003e, 2, 12],
    ]);
  });
});

kernelTest("a failure half-way takes back what was added", needs, async () => {
  await fromOff(async (client, before) => {
    let calls = 0;
    const failing: AuditClient = Object.create(client, {
      status: { value: () => client.status() },
      rules: { value: () => client.rules() },
      deleteRule: { value: (rule: never) => client.deleteRule(rule) },
      setStatus: { value: (change: object) => client.setStatus(change) },
      addRule: {
        value: async (rule: never) => {
          if (++calls > 2) throw new Error("no memory");
          await client.addRule(rule);
        },
      },
    });
    const attempt = acquireAuditLease({ client: failing, rules: ["exec", "exit"], enable: true });
    await expect(attempt).rejects.toThrow("no memory");
    expect(calls).toBe(3);
    expect(await auditState(client)).toEqual(before);
  });
});

kernelTest("a release tells of rules that somebody else has deleted", needs, async () => {
  await fromOff(async (client, before) => {
    const lease = await acquireAuditLease({ client, rules: ["exec", "exit"], enable: true });
    const [first] = lease.rules;
    if (first === undefined) throw new Error("no rules");
    await client.deleteRule(first);
    const end = await lease.release();
    expect(end).toMatchObject({ removed: lease.rules.length - 1, gone: [first] });
    expect(end.enabled).toBe("restored");
    expect(await auditState(client)).toEqual(before);
  });
});

kernelTest("rules of others that hide records are named", needs, async () => {
  await fromOff(async (client) => {
    const never = {
      list: "exit",
      action: "never",
      syscalls: [59],
      fields: [{ field: "pid", operator: "=", value: 0x7fff_ffff }],
    } as const;
    await client.addRule(never);
    await using lease = await acquireAuditLease({ client, rules: ["exec"], enable: true });
    expect(lease.obstacles).toContainEqual(never);
  });
});

kernelTest("two leases of one process do not get in each other's way", needs, async () => {
  await fromOff(async (client, before) => {
    const options = { client, rules: ["exec"], enable: true } as const;
    const first = await acquireAuditLease(options);
    const second = await acquireAuditLease(options);
    expect(second.changed).toBe(false);
    expect(await first.release()).toMatchObject({ gone: [], enabled: "still-held" });
    const third = await acquireAuditLease(options);
    expect(await second.release()).toMatchObject({ gone: [], enabled: "still-held" });
    expect(await third.release()).toMatchObject({ gone: [], enabled: "restored" });
    expect(await auditState(client)).toEqual(before);
  });
});

/** A client whose rules cannot be deleted: all that a process does that is killed just then. */
function killedBeforeDeleting(client: AuditClient): AuditClient {
  return Object.create(client, {
    status: { value: () => client.status() },
    rules: { value: () => client.rules() },
    addRule: { value: (rule: never) => client.addRule(rule) },
    setStatus: { value: (change: object) => client.setStatus(change) },
    deleteRule: { value: () => Promise.reject(new Error("killed")) },
  });
}

kernelTest("a holder that is killed while it releases leaves audit off", needs, async () => {
  await fromOff(async (client, before) => {
    const lease = await acquireAuditLease({
      ...{ client: killedBeforeDeleting(client), rules: ["exec"], enable: true },
    });
    await expect(lease.release()).rejects.toThrow("killed");
    expect((await client.status()).enabled).toBe(0);
    expect((await client.rules()).length).toBeGreaterThan(before.rules.length);
  });
});

kernelTest("a release that failed can be tried again", needs, async () => {
  await fromOff(async (client, before) => {
    const other = await acquireAuditLease({ client, rules: ["exec"], enable: true });
    let isKilled = true;
    const failing: AuditClient = Object.create(killedBeforeDeleting(client), {
      deleteRule: {
        value: (rule: never) =>
          isKilled ? Promise.reject(new Error("killed")) : client.deleteRule(rule),
      },
    });
    const lease = await acquireAuditLease({ client: failing, rules: ["exec"] });
    await expect(lease.release()).rejects.toThrow("killed");
    isKilled = false;
    expect(await lease.release()).toMatchObject({ gone: [], enabled: "still-held" });
    expect(await other.release()).toMatchObject({ gone: [], enabled: "restored" });
    expect(await auditState(client)).toEqual(before);
  });
});

kernelTest("a release tells that somebody else has switched audit off", needs, async () => {
  await fromOff(async (client, before) => {
    const lease = await acquireAuditLease({ client, rules: ["exec"], enable: true });
    await client.setStatus({ enabled: 0 });
    expect(await lease.release()).toMatchObject({ switchedOff: true, enabled: "left-alone" });
    expect(await auditState(client)).toEqual(before);
  });
});

kernelTest("the last of two restores beside a daemon that was there before", needs, async () => {
  await fromOff(async (client) => {
    await using _daemon = await openAuditDaemon({ onRecord: () => {}, onLost: () => {} });
    const before = await auditState(client);
    const first = await acquireAuditLease({ client, rules: ["exec"], enable: true });
    const second = await acquireAuditLease({ client, rules: ["exec"] });
    expect(await first.release()).toMatchObject({ enabled: "still-held" });
    expect(await second.release()).toMatchObject({ enabled: "restored" });
    expect(await auditState(client)).toEqual(before);
  });
});

const HOLD = `
  import { acquireAuditLease, openAuditClient } from "@task-watchers/audit/client";
  const client = await openAuditClient();
  const lease = await acquireAuditLease({ client, rules: ["exec", "ids"], enable: true })
    .catch((error) => { console.log(error.name, error.code); process.exit(1); });
  console.log("held");
  process.stdin.once("end", async () => {
    console.log((await lease.release()).enabled);
    client.close();
  }).resume();
`;
const command = (): string =>
  `cd ${installed("audit")} && exec ${process.execPath} --input-type=module -e '${HOLD}'`;

interface HolderProcess {
  readonly child: ChildProcess;
  /** Releases, and says how that ended. */
  release(): Promise<string>;
  kill(): Promise<void>;
}

async function startHolder(): Promise<HolderProcess> {
  const child = spawn("/bin/sh", ["-c", command()], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exit = once(child, "exit");
  expect((await lines.next()).value).toBe("held");
  return {
    child,
    release: async () => {
      child.stdin.end();
      const { value } = await lines.next();
      await exit;
      return String(value);
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exit;
    },
  };
}

kernelTest("what a killed holder left is put back by the next", needs, async () => {
  await fromOff(async (client, before) => {
    const holder = await startHolder();
    await holder.kill();
    const left = await auditState(client);
    expect(left.status.enabled).toBe(1);
    expect(left.rules.length).toBeGreaterThan(before.rules.length);
    const lease = await acquireAuditLease({ client, rules: ["exec"], enable: true });
    expect(lease.changed).toBe(true);
    await lease.release();
    expect(await auditState(client)).toEqual(before);
  });
});

kernelTest(
  "what a killed holder left is put back also by one that then may not enable",
  needs,
  async () => {
    await fromOff(async (client, before) => {
      const holder = await startHolder();
      await holder.kill();
      const attempt = acquireAuditLease({ client, rules: ["exec"] });
      await expect(attempt).rejects.toMatchObject({ code: "EDISABLED" });
      expect(await auditState(client)).toEqual(before);
    });
  },
);

kernelTest("the last of two holders restores, whichever that is", needs, async () => {
  await fromOff(async (client, before) => {
    for (const first of ["older", "younger"] as const) {
      const older = await startHolder();
      const younger = await startHolder();
      const [goes, stays] = first === "older" ? [older, younger] : [younger, older];
      expect(await goes.release()).toBe("still-held");
      expect((await client.status()).enabled).toBe(1);
      expect(await stays.release()).toBe("restored");
      expect(await auditState(client)).toEqual(before);
    }
  });
});

kernelTest("the last of two holders restores after the other was killed", needs, async () => {
  await fromOff(async (client, before) => {
    for (const killed of ["older", "younger"] as const) {
      const older = await startHolder();
      const younger = await startHolder();
      const [goes, stays] = killed === "older" ? [older, younger] : [younger, older];
      await goes.kill();
      expect((await client.status()).enabled).toBe(1);
      expect(await stays.release()).toBe("restored");
      expect(await auditState(client)).toEqual(before);
    }
  });
});

/** What `auditctl -D` does. */
async function deleteAll(client: AuditClient): Promise<void> {
  for (const rule of await client.rules()) {
    if (leaseKeyOf(rule) !== undefined) await client.deleteRule(rule);
  }
}

kernelTest("the last of two restores when all rules were deleted meanwhile", needs, async () => {
  await fromOff(async (client, before) => {
    const first = await startHolder();
    await deleteAll(client);
    const second = await acquireAuditLease({ client, rules: ["exec"], enable: true });
    expect(await first.release()).toBe("still-held");
    expect(await second.release()).toMatchObject({ enabled: "restored" });
    expect(await auditState(client)).toEqual(before);
  });
});

kernelTest("what a killed holder left is put back without its rules, too", needs, async () => {
  await fromOff(async (client, before) => {
    const holder = await startHolder();
    await deleteAll(client);
    await holder.kill();
    const attempt = acquireAuditLease({ client, rules: ["exec"] });
    await expect(attempt).rejects.toMatchObject({ code: "EDISABLED" });
    expect(await auditState(client)).toEqual(before);
  });
});

kernelTest("one that is killed while it clears away leaves audit off", needs, async () => {
  await fromOff(async (client) => {
    const holder = await startHolder();
    await holder.kill();
    const attempt = acquireAuditLease({
      ...{ client: killedBeforeDeleting(client), rules: ["exec"], enable: true },
    });
    await expect(attempt).rejects.toThrow("killed");
    expect((await client.status()).enabled).toBe(0);
  });
});

kernelTest("holders that come and go at once leave nothing behind", needs, async () => {
  await fromOff(async (client, before) => {
    const holders = await Promise.all(Array.from({ length: 4 }, startHolder));
    const ends = await Promise.all(holders.map((holder) => holder.release()));
    expect(ends.sort()).toEqual(["restored", "still-held", "still-held", "still-held"]);
    expect(await auditState(client)).toEqual(before);
  });
});

kernelTest("exactly CAP_AUDIT_CONTROL is enough to hold", [root, ...needs], async () => {
  await fromOff(async (client, before) => {
    const run = (capabilities: readonly "CAP_AUDIT_CONTROL"[]): string =>
      asNobody("/bin/sh", ["-c", `(${command()}) </dev/null`], capabilities).stdout;
    expect(run(["CAP_AUDIT_CONTROL"])).toBe("held\nrestored\n");
    expect(run([])).toBe("AuditUnavailableError EPERM\n");
    expect(await auditState(client)).toEqual(before);
  });
});
