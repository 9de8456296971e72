// Needs: CAP_AUDIT_CONTROL and CAP_AUDIT_READ in the initial namespaces; auditd.
import {
  capability,
  initialNamespaces,
  installed,
  kernelTest,
  openDescriptors,
  program,
} from "@task-watchers/kernel-test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import type { AuditClient } from "../client/audit-client.ts";
import { auditState, keepingAudit } from "../client/audit-state.fixture.ts";
import { acquireAuditLease } from "../lease/audit-lease.ts";
import { startSession } from "../lease/session.fixture.ts";
import { openAuditDaemon } from "./audit-daemon.ts";
import { openAuditReader } from "./audit-reader.ts";
import { STATE_FILE } from "./daemon-state.ts";

const needs = [capability("CAP_AUDIT_CONTROL"), capability("CAP_AUDIT_READ"), initialNamespaces];

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error("it does not come to pass");
    await delay(20);
  }
}

kernelTest("a daemon of ours gets records whole, and leaves no trace", needs, async () => {
  const descriptors = openDescriptors();
  await keepingAudit(async (client) => {
    const before = await auditState(client);
    const records: (readonly [number, string])[] = [];
    const daemon = await openAuditDaemon({
      onRecord: (type, text) => records.push([type, text]),
      onLost: () => {},
      backlogLimit: 5000,
    });
    expect(await client.status()).toMatchObject({
      pid: process.pid,
      backlogLimit: 5000,
      backlogWaitTicks: 0,
    });
    expect(existsSync(STATE_FILE)).toBe(true);
    {
      await using session = await startSession();
      await using lease = await acquireAuditLease({
        client,
        rules: ["exec"],
        enable: true,
        session: session.id,
      });
      expect(lease.printsToKernelLog).toBe(false);
      await session.run(50);
    }
    await daemon.close();
    await daemon.close();
    expect(await auditState(client)).toEqual(before);
    expect(existsSync(STATE_FILE)).toBe(false);
    const calls = records.filter(([type]) => type === 1300).map(([, text]) => text);
    expect(calls.filter((text) => text.includes('key="task-watchers:'))).toHaveLength(50);
    // The length in the header leaves out 16 bytes: the end of a text is where it would be missing.
    expect(calls.every((text) => /(?:key=\S+|subj=\S+)$/u.test(text))).toBe(true);
    expect(records.every(([type]) => type >= 1000 && type !== 1329)).toBe(true);
  });
  expect(openDescriptors()).toEqual(descriptors);
});

const HOLD = `
  import { openAuditDaemon } from "@task-watchers/audit/client";
  await openAuditDaemon({ onRecord() {}, onLost() {} });
  console.log("open");
`;

kernelTest("what a killed daemon of ours left is put back by the next", needs, async () => {
  await keepingAudit(async (client) => {
    const before = await auditState(client);
    const command = `cd ${installed("audit")} && exec ${process.execPath} --input-type=module -e '${HOLD}'`;
    const child = spawn("/bin/sh", ["-c", command], { stdio: ["ignore", "pipe", "inherit"] });
    const exit = once(child, "exit");
    await once(createInterface({ input: child.stdout }), "line");
    const refusal = openAuditDaemon({ onRecord: () => {}, onLost: () => {} });
    await expect(refusal).rejects.toMatchObject({
      name: "AuditUnavailableError",
      code: "EEXIST",
      message: expect.stringContaining(`process ${child.pid} is the audit daemon`),
    });
    child.kill("SIGKILL");
    await exit;
    expect((await client.status()).backlogWaitTicks).toBe(0);
    const daemon = await openAuditDaemon({ onRecord: () => {}, onLost: () => {} });
    await daemon.close();
    expect(await auditState(client)).toEqual(before);
  });
});

kernelTest(
  "a daemon leaves alone a limit that somebody else has set meanwhile",
  needs,
  async () => {
    await keepingAudit(async (client) => {
      const before = await auditState(client);
      await using _daemon = await openAuditDaemon({ onRecord: () => {}, onLost: () => {} });
      await client.setStatus({ backlogLimit: 777 });
      await _daemon.close();
      expect((await auditState(client)).status).toEqual({ ...before.status, backlogLimit: 777 });
    });
  },
);

/** The host's own daemon, in the foreground and with its files in a directory of ours. */
async function withAuditd(
  client: AuditClient,
  body: (pid: number, log: string) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "auditd-"));
  const log = join(directory, "audit.log");
  const lines = [
    `log_file = ${log}`,
    "log_format = RAW",
    "flush = NONE",
    "priority_boost = 0",
    "name_format = NONE",
    "max_log_file = 8",
    "num_logs = 2",
    "space_left = 10",
    "admin_space_left = 5",
    "disk_full_action = IGNORE",
    "disk_error_action = IGNORE",
    "space_left_action = IGNORE",
    "admin_space_left_action = IGNORE",
    `plugin_dir = ${directory}`,
    "",
  ];
  writeFileSync(join(directory, "auditd.conf"), lines.join("\n"), { mode: 0o600 });
  const child = spawn("auditd", ["-n", "-s", "nochange", "-c", directory], { stdio: "ignore" });
  const exit = once(child, "exit");
  try {
    await until(async () => (await client.status()).pid === child.pid);
    await body(child.pid ?? 0, log);
  } finally {
    child.kill("SIGTERM");
    await exit;
    rmSync(directory, { recursive: true });
  }
}

kernelTest(
  "a reader beside auditd is told what auditd writes",
  [...needs, program("auditd")],
  async () => {
    await keepingAudit(async (client) => {
      await withAuditd(client, async (pid, log) => {
        const before = await auditState(client);
        await expect(
          openAuditDaemon({ onRecord: () => {}, onLost: () => {} }),
        ).rejects.toMatchObject({
          code: "EEXIST",
          message: expect.stringContaining(`process ${pid} `),
        });
        const told: string[] = [];
        using reader = await openAuditReader({
          onRecord: (type, text) => type === 1309 && told.push(text),
          onLost: () => {},
        });
        {
          await using session = await startSession();
          const { id } = session;
          const options = { client, rules: ["exec"], enable: true, session: id } as const;
          await using lease = await acquireAuditLease(options);
          expect(lease.printsToKernelLog).toBe(false);
          await session.run(100);
          await until(() => (reader.drain(), told.length + reader.counters.lost >= 100));
        }
        // auditd was there before us: audit goes back to what it was.
        expect(await auditState(client)).toEqual(before);
        const written = (): string[] =>
          readFileSync(log, "latin1")
            .split("\n")
            .filter((line) => line.startsWith("type=EXECVE"))
            .map((line) => line.replace("type=EXECVE msg=", "").trimEnd());
        await until(() => written().length >= 100);
        if (reader.counters.lost === 0) expect(told).toEqual(written());
      });
    });
  },
);
