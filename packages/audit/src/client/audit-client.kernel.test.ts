// Needs: CAP_AUDIT_CONTROL in the initial namespaces; auditctl; a C compiler; root for what gives capabilities up.
import {
  asNobody,
  capability,
  compiler,
  cOffsets,
  initialNamespaces,
  installed,
  kernelTest,
  openDescriptors,
  program,
  root,
} from "@task-watchers/kernel-test";
import { spawnSync } from "node:child_process";
import { expect } from "vitest";
import { openAuditClient } from "./audit-client.ts";
import { auditctl, auditState, keepingAudit } from "./audit-state.fixture.ts";
import { STATUS_SIZE, statusLayout } from "./status.ts";

const needs = [capability("CAP_AUDIT_CONTROL"), initialNamespaces];

kernelTest("struct audit_status lies as the machine's header says", [compiler], () => {
  const members = {
    enabled: "enabled",
    failure: "failure",
    pid: "pid",
    rateLimit: "rate_limit",
    backlogLimit: "backlog_limit",
    lost: "lost",
    backlog: "backlog",
    featureBits: "feature_bitmap",
    backlogWaitTicks: "backlog_wait_time",
    backlogWaitedTicks: "backlog_wait_time_actual",
  } as const;
  const offset = (member: string): string => `offsetof(struct audit_status, ${member})`;
  const asked = cOffsets({
    headers: ["linux/audit.h"],
    expressions: [...Object.values(members).map(offset), "sizeof(struct audit_status)"],
  });
  for (const [name, member] of Object.entries(members)) {
    expect(statusLayout[name as keyof typeof members].offset, name).toBe(asked[offset(member)]);
  }
  expect(asked["sizeof(struct audit_status)"]).toBe(STATUS_SIZE);
});

kernelTest("the status is what auditctl says", [...needs, program("auditctl")], async () => {
  const before = openDescriptors();
  const client = await openAuditClient();
  const status = await client.status();
  const said = Object.fromEntries(
    auditctl("-s")
      .split("\n")
      .map((line) => line.split(" ")),
  );
  expect(status).toMatchObject({
    enabled: Number(said.enabled),
    failure: Number(said.failure),
    pid: Number(said.pid),
    rateLimit: Number(said.rate_limit),
    backlogLimit: Number(said.backlog_limit),
    backlogWaitTicks: Number(said.backlog_wait_time),
  });
  const features = await client.features();
  expect(Number(features.loginuidImmutable.on)).toBe(Number(said.loginuid_immutable));
  client.close();
  client.close();
  await expect(client.status()).rejects.toMatchObject({ code: "ECANCELED" });
  expect(openDescriptors()).toEqual(before);
});

kernelTest("what is set of the status can be read and put back", needs, async () => {
  await keepingAudit(async (client) => {
    const before = await auditState(client);
    const change = { rateLimit: 12_345, backlogLimit: 4321, backlogWaitTicks: 7, failure: 0 };
    await client.setStatus(change);
    expect(await client.status()).toMatchObject(change);
    expect(await client.resetLost()).toBeGreaterThanOrEqual(0);
    expect((await client.status()).lost).toBe(0);
    expect(await client.resetBacklogWaited()).toBeGreaterThanOrEqual(0);
    await expect(client.setStatus({ backlogWaitTicks: 0xffff_ffff })).rejects.toMatchObject({
      name: "NetlinkError",
      code: "EINVAL",
    });
    const { pid: _, ...status } = before.status;
    await client.setStatus(status);
    expect(await auditState(client)).toEqual(before);
  });
});

kernelTest("a rule is added once and deleted once", needs, async () => {
  await keepingAudit(async (client) => {
    const rule = {
      list: "exit",
      action: "always",
      syscalls: [59],
      fields: [
        { field: "pid", operator: "=", value: 0x7fff_ffff },
        { field: "key", operator: "=", value: "task-watchers-test" },
      ],
    } as const;
    await client.addRule(rule);
    await expect(client.addRule(rule)).rejects.toMatchObject({ code: "EEXIST" });
    expect((await client.rules()).at(-1)).toEqual(rule);
    await client.deleteRule(rule);
    await expect(client.deleteRule(rule)).rejects.toMatchObject({ code: "ENOENT" });
    await client.addRule(rule);
    const first = { ...rule, syscalls: [60] };
    await client.addRule(first, { prepend: true });
    const ours = (await client.rules()).filter(({ list }) => list === "exit");
    expect(ours[0]).toEqual(first);
    expect(ours.at(-1)).toEqual(rule);
  });
});

const STATUS = `
  import { openAuditClient } from "@task-watchers/audit/client";
  const client = await openAuditClient();
  await client.status().then(({ failure }) => console.log(failure),
    (error) => console.log(error.name, error.code, error.message));
  client.close();
`;
const command = (): string =>
  `cd ${installed("audit")} && exec ${process.execPath} --input-type=module -e '${STATUS}'`;

kernelTest("exactly CAP_AUDIT_CONTROL is enough to ask", [root, ...needs], () => {
  expect(asNobody("/bin/sh", ["-c", command()], ["CAP_AUDIT_CONTROL"]).stdout).toMatch(/^[01]\n$/u);
  for (const others of [[], ["CAP_AUDIT_READ"]] as const) {
    const { stdout } = asNobody("/bin/sh", ["-c", command()], others);
    expect(stdout).toMatch(/^AuditUnavailableError EPERM .*it needs CAP_AUDIT_CONTROL/u);
  }
});

kernelTest(
  "another pid or user namespace is refused with what would help",
  [root, ...needs],
  () => {
    const inNew = (...options: string[]): string =>
      spawnSync("unshare", [...options, "/bin/sh", "-c", command()], { encoding: "utf8" }).stdout;
    expect(inNew("--pid", "--fork", "--mount-proc")).toMatch(
      / EPERM .*initial pid namespace.*--pid host/u,
    );
    expect(inNew("--user", "--map-root-user")).toMatch(/ ECONNREFUSED .*--userns host/u);
    expect(inNew("--net")).toMatch(/^[01]\n$/u);
  },
);
