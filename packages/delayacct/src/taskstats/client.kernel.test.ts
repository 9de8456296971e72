// Needs: CAP_NET_ADMIN in the initial namespaces; a C compiler; root for what gives capabilities up.
import {
  asNobody,
  capability,
  compileC,
  compiler,
  initialNamespaces,
  installed,
  kernelTest,
  openDescriptors,
  root,
} from "@task-watchers/kernel-test";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { cpus, getPriority } from "node:os";
import { expect } from "vitest";
import { openTaskstats } from "./client.ts";
import type { ExitRecord } from "./exit-record.ts";
import { listenToExits } from "./exits.ts";
import { run } from "./storm.fixture.ts";

const needs = [capability("CAP_NET_ADMIN"), initialNamespaces];

kernelTest("a process can ask about itself", needs, async () => {
  await using client = await openTaskstats();
  const stats = await client.query(process.pid);
  expect(stats).toMatchObject({
    pid: process.pid,
    ppid: process.ppid,
    uid: process.getuid?.(),
    waitStatus: 0,
    nice: getPriority(),
    exeInode: statSync("/proc/self/exe", { bigint: true }).ino,
    exeDevice: statSync("/proc/self/exe", { bigint: true }).dev,
  });
  expect(stats.version).toBeGreaterThanOrEqual(8);
  expect(stats.delays.cpu.count).toBeGreaterThan(0n);
  expect(stats.tail).toHaveLength(0);
  expect(
    Math.abs(Number(stats.startRealtimeS) + Number(stats.elapsedNs) / 1e9 - Date.now() / 1000),
  ).toBeLessThan(5);
});

kernelTest("a group has the sums of its threads and nothing else", needs, async () => {
  await using client = await openTaskstats();
  const group = await client.queryGroup(process.pid);
  const leader = await client.query(process.pid);
  expect(group.delays.cpu.count).toBeGreaterThan(0n);
  expect(group.elapsedNs).toBeGreaterThan(leader.elapsedNs);
  expect(group).toMatchObject({ pid: 0, comm: "", readBytes: 0n, peakRssBytes: 0n });
});

kernelTest("what there is not is said by number, before or after asking", needs, async () => {
  const before = openDescriptors();
  const client = await openTaskstats();
  // Above /proc/sys/kernel/pid_max, whatever that is.
  const gone = 4_194_305;
  await expect(client.query(gone)).rejects.toMatchObject({
    name: "NetlinkError",
    code: "ESRCH",
    message: expect.stringContaining("no task has pid 4194305"),
  });
  await expect(client.queryGroup(gone)).rejects.toThrow(/no process has pid 4194305/u);
  for (const pid of [0, -1, 1.5, NaN, 2 ** 31]) {
    await expect(client.query(pid)).rejects.toThrow(RangeError);
    await expect(client.queryGroup(pid)).rejects.toThrow(`got ${pid}`);
  }
  client.close();
  client.close();
  await expect(client.query(process.pid)).rejects.toMatchObject({ code: "ECANCELED" });
  expect(openDescriptors()).toEqual(before);
});

kernelTest("thousands of queries at once are all answered", needs, async () => {
  await using client = await openTaskstats();
  const answers = await Promise.all(
    Array.from({ length: 5000 }, (_, i) => client.query(i % 2 === 0 ? process.pid : 1)),
  );
  expect(answers.filter(({ pid }, i) => pid === (i % 2 === 0 ? process.pid : 1))).toHaveLength(
    5000,
  );
});

kernelTest("a stopped process has the figures that /proc gives", needs, async () => {
  await using client = await openTaskstats();
  await using stopped = await stoppedShell();
  const { pid } = stopped;
  let stats = await client.query(pid);
  let group = await client.queryGroup(pid);
  // Where many want a CPU it may have to wait for one, stopped already, before it can leave it.
  for (let before = ""; before !== read(pid, "schedstat");) {
    before = read(pid, "schedstat");
    stats = await client.query(pid);
    group = await client.queryGroup(pid);
  }
  const [runNs = "", waitNs = "", times = ""] = read(pid, "schedstat").trim().split(" ");
  expect(stats.cpuRunVirtualNs).toBe(BigInt(runNs));
  expect(stats.delays.cpu).toMatchObject({ count: BigInt(times), totalNs: BigInt(waitNs) });
  expect(group.delays.cpu).toMatchObject({ count: BigInt(times), totalNs: BigInt(waitNs) });
  const fields = read(pid, "stat").split(") ")[1]?.split(" ") ?? [];
  // Fields 10 and 12 of proc_pid_stat(5), the first after the name being 3.
  expect(stats.minorFaults).toBe(BigInt(fields[7] ?? ""));
  expect(stats.majorFaults).toBe(BigInt(fields[9] ?? ""));
  const status = read(pid, "status");
  const number = (name: string): bigint =>
    BigInt(new RegExp(`^${name}:\\s+(\\d+)`, "mu").exec(status)?.[1] ?? "");
  expect(stats.peakVmBytes).toBe(number("VmPeak") * 1024n);
  // /proc adds up what each CPU has yet to add to the three counters of pages, taskstats does not.
  const pending = 3 * Math.max(32, 2 * cpus().length) * cpus().length * 4096;
  const peakOff = Number(stats.peakRssBytes - number("VmHWM") * 1024n);
  expect(Math.abs(peakOff)).toBeLessThanOrEqual(pending);
  expect(stats.voluntarySwitches).toBe(number("voluntary_ctxt_switches"));
  expect(stats.involuntarySwitches).toBe(number("nonvoluntary_ctxt_switches"));
  expect(stats).toMatchObject({ comm: "sh", tgid: pid, ppid: process.pid });
});

kernelTest(
  "a small child of a large parent has its own peak of memory",
  [...needs, compiler],
  async () => {
    const records: ExitRecord[] = [];
    await using listener = await listenToExits({
      onRecord: (record) => records.push(record),
      onLost: () => {},
    });
    const parent = compileC(LARGE_PARENT, "large-parent");
    const [child, large] = (await run(parent, [])).split(" ").map(Number);
    listener.drain();
    const peak = (pid: number | undefined): number =>
      Number(records.find(({ task }) => task.pid === pid)?.task.peakRssBytes ?? -1n);
    expect(peak(large)).toBeGreaterThan(64 * 1048576);
    expect(peak(child)).toBeGreaterThan(0);
    expect(peak(child)).toBeLessThan(16 * 1048576);
  },
);

kernelTest("exactly CAP_NET_ADMIN is enough to ask", [root, ...needs], () => {
  const program = `
    import { openTaskstats } from "@task-watchers/delayacct/client";
    const client = await openTaskstats();
    await client.query(process.pid).then(({ uid }) => console.log(uid),
      (error) => console.log(error.name, error.code, error.message));
    client.close();
  `;
  const command = `cd ${installed("delayacct")} && exec ${process.execPath} --input-type=module -e '${program}'`;
  expect(asNobody("/bin/sh", ["-c", command], ["CAP_NET_ADMIN"]).stdout).toBe("65534\n");
  expect(asNobody("/bin/sh", ["-c", command]).stdout).toMatch(
    /^TaskstatsUnavailableError EPERM .*CAP_NET_ADMIN in the host's initial user namespace/u,
  );
});

/** Has 96 MiB in memory, starts /bin/true by vfork and exec, and prints both pids. */
const LARGE_PARENT = `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
	char *memory = malloc(96 << 20);
	memset(memory, 1, 96 << 20);
	pid_t pid = vfork();
	if (pid == 0) {
		execl("/bin/true", "true", NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	printf("%d %d %d\\n", pid, getpid(), memory[7]);
	return 0;
}
`;

/** A shell that has done a little and has stopped itself. */
async function stoppedShell(): Promise<AsyncDisposable & { readonly pid: number }> {
  const child: ChildProcess = spawn(
    "/bin/sh",
    ["-c", "i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done; kill -STOP $$"],
    { stdio: "ignore" },
  );
  const pid = child.pid ?? 0;
  while (!/^State:\tT/mu.test(read(pid, "status"))) await new Promise((go) => setTimeout(go, 5));
  return {
    pid,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

function read(pid: number, name: string): string {
  return readFileSync(`/proc/${pid}/${name}`, "latin1");
}
