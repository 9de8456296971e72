// Needs of the kernel: Linux 6.6; CAP_AUDIT_CONTROL to see that audit is left as it was; root to make namespaces.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  capability,
  initialNamespaces,
  kernel,
  kernelTest,
  nobodyCommand,
  openDescriptors,
  root,
} from "@task-watchers/kernel-test";
import { NetlinkConnection, openNetlinkSocket } from "@task-watchers/netlink";
import { NETLINK_AUDIT, NETLINK_GENERIC } from "@task-watchers/netlink/constants";
import { beforeAll, expect } from "vitest";
import { installedMain } from "../running.fixture.ts";
import { examine, type Findings } from "./examine.ts";
import { WATCHERS } from "./watchers.ts";

const NEEDS = [kernel("6.6"), initialNamespaces];
/** include/uapi/linux/audit.h */
const AUDIT_GET = 1000;
const AUDIT_LIST_RULES = 1013;

let program: string[] = [];

beforeAll(() => {
  program = [process.execPath, installedMain(), "doctor"];
});

function run(...command: readonly string[]): { status: number | null; stdout: string } {
  const [file = "", ...args] = command;
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: "utf8", timeout: 60_000 });
  expect(stderr).toBe("");
  return { status, stdout };
}

kernelTest(
  "doctor leaves audit, settings, semaphores and descriptors as they were",
  [...NEEDS, capability("CAP_AUDIT_CONTROL")],
  async () => {
    // Loads the native code and starts what Node.js starts once.
    await examine(WATCHERS);
    const before = await stateOfHost();
    await examine(WATCHERS);
    expect(await stateOfHost()).toEqual(before);
  },
);

kernelTest(
  "doctor leaves no registration for records of exits to whoever gets its port next",
  [...NEEDS, capability("CAP_NET_ADMIN")],
  async () => {
    const taskstats = WATCHERS.filter(({ name }) => name === "delayacct");
    const { watchers } = await examine(taskstats);
    expect(watchers[0]?.probes).toContainEqual(
      expect.objectContaining({ name: "taskstats-exits", ok: true }),
    );
    const transport = openNetlinkSocket({ protocol: NETLINK_GENERIC });
    // The kernel gives the process's own number to its first socket, so to the probe's before.
    expect(transport.portId).toBe(process.pid);
    await once(spawn("true"), "exit");
    // The record is sent before the exit can be seen.
    expect(transport.receive()).toBe(0);
    transport.close();
  },
);

kernelTest("doctor ends with 0 where all is well, with 1 where not", [...NEEDS, root], () => {
  expect(run(...program, "--watcher", "semundo").status).toBe(0);
  const { status, stdout } = run("unshare", "--net", "--", ...program, "--watcher", "proc-events");
  expect(status).toBe(1);
  expect(stdout).toContain("✗ proc-events: no");
});

kernelTest("doctor says in words what another namespace means", [...NEEDS, root], () => {
  const told = (...options: string[]): string =>
    run("unshare", ...options, "--", ...program, "--watcher", "proc-events").stdout;
  const network = told("--net");
  expect(network).toContain("in another net namespace than the host's first");
  expect(network).toContain("refused: ECONNREFUSED");
  expect(network).toContain("do:  run in the host's network namespace");
  const pid = told("--pid", "--fork", "--mount-proc");
  expect(pid).toContain("in another pid namespace than the host's first");
  expect(pid).toContain("why: this process is in another pid namespace than the host's first");
  const user = told("--user", "--map-root-user");
  expect(user).toContain("in another user namespace than the host's first");
  expect(user).toContain("do:  run in the host's own user namespace");
});

kernelTest(
  "doctor without /proc of its own pid namespace does not stumble",
  [...NEEDS, root],
  () => {
    const { stdout } = run("unshare", "--pid", "--fork", "--", ...program, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ type: "doctor", schema: 1 });
  },
);

kernelTest("doctor --json prints one document, which names the error", [...NEEDS, root], () => {
  const { stdout } = run("unshare", "--net", "--", ...program, "--json", "--watcher=proc-events");
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  const findings = JSON.parse(stdout) as Record<string, unknown>;
  expect(findings).toMatchObject({
    type: "doctor",
    schema: 1,
    host: { node: process.version, namespaces: { net: { first: false }, pid: { first: true } } },
    watchers: [{ name: "proc-events", state: "no" }],
  });
  expect(findings).toMatchObject({
    watchers: [
      { probes: expect.arrayContaining([expect.objectContaining({ code: "ECONNREFUSED" })]) },
    ],
  });
});

kernelTest("doctor sees that /proc hides the processes of others", [...NEEDS, root], () => {
  const watch = [...program, "--json", "--watcher", "proc-events"];
  const script = `mount -t proc -o hidepid=2 proc /proc && exec ${nobodyCommand(watch[0] ?? "", watch.slice(1)).join(" ")}`;
  const { stdout } = run("unshare", "--mount", "--propagation=private", "--", "sh", "-c", script);
  const { host, watchers } = JSON.parse(stdout) as Findings;
  // The word since Linux 5.8, the number before.
  expect(host.hidepid).toMatch(/^hidepid=(invisible|2)$/u);
  expect(watchers[0]?.state).toBe("degraded");
  const refused = watchers[0]?.probes.filter(({ ok }) => !ok).map(({ name }) => name);
  expect(refused).toEqual(expect.arrayContaining(["proc-others", "proc-links"]));
});

kernelTest("doctor agrees with what /proc says of this process", [...NEEDS], async () => {
  const { host } = await examine([]);
  const hex = /^CapEff:\s*(\w+)$/mu.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
  const bits = [...BigInt(`0x${hex}`).toString(2)].filter((bit) => bit === "1").length;
  expect(host.capabilities.effective).toHaveLength(bits);
  expect(host.namespaces).toMatchObject({
    pid: { first: true },
    user: { first: true },
    net: { first: true },
  });
});

/** All that a probe touches. */
async function stateOfHost(): Promise<Record<string, unknown>> {
  const settings = ["kernel/task_delayacct", "kernel/perf_event_paranoid", "kernel/kptr_restrict"];
  const connection = new NetlinkConnection(openNetlinkSocket({ protocol: NETLINK_AUDIT }));
  const ask = async (type: number): Promise<string[]> => {
    const { messages } = await connection.request({ type });
    // The status ends with the queue's length and times, which move by themselves.
    return messages.map(({ payload }) => Buffer.from(payload.subarray(0, 24)).toString("hex"));
  };
  const audit = [...(await ask(AUDIT_GET)), ...(await ask(AUDIT_LIST_RULES))];
  connection.close();
  return {
    audit,
    settings: settings.map((name) => readFileSync(`/proc/sys/${name}`, "utf8")),
    semaphores: readFileSync("/proc/sysvipc/sem", "utf8"),
    descriptors: openDescriptors(),
  };
}
