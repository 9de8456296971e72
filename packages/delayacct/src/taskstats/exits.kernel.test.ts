// Needs: CAP_NET_ADMIN in the initial namespaces; a C compiler for loads; root for what gives capabilities up.
import {
  asNobody,
  capability,
  compiler,
  initialNamespaces,
  installed,
  kernelTest,
  openDescriptors,
  root,
} from "@task-watchers/kernel-test";
import { execFileSync } from "node:child_process";
import { expect } from "vitest";
import type { ExitListenerOptions, ExitLoss, ExitRecord } from "./exit-record.ts";
import { listenToExits } from "./exits.ts";
import { run, storm, STORM_COMM } from "./storm.fixture.ts";

const needs = [capability("CAP_NET_ADMIN"), initialNamespaces];

interface Heard {
  readonly records: ExitRecord[];
  readonly losses: ExitLoss[];
  storms: number;
  strangers: number;
}

async function listen(heard: Heard, options: Partial<ExitListenerOptions> = {}) {
  return await listenToExits({
    onRecord: (record) => {
      if (record.task.comm === STORM_COMM) heard.storms++;
      else heard.strangers++;
      if (heard.records.length < 10_000) heard.records.push(record);
    },
    onLost: (loss) => heard.losses.push(loss),
    ...options,
  });
}

const nothingHeard = (): Heard => ({ records: [], losses: [], storms: 0, strangers: 0 });

kernelTest("a child's exit comes with its figures and its status", needs, async () => {
  const heard = nothingHeard();
  await using listener = await listen(heard);
  const pid = Number(await run("/bin/sh", ["-c", "echo $$; exit 0"]));
  listener.drain();
  const record = heard.records.find(({ task }) => task.pid === pid);
  expect(record).toMatchObject({
    isLast: true,
    task: { pid, ppid: process.pid, tgid: pid, comm: "sh", waitStatus: 0 },
  });
  expect(listener.cpus).toContain(record?.cpu);
  expect(record?.task.userNs).toBeTypeOf("bigint");
});

kernelTest("3,000 short processes make 3,000 records", [...needs, compiler], async () => {
  const heard = nothingHeard();
  const listener = await listen(heard);
  const exits = await storm(3000, 60);
  await listener.close();
  expect(exits).toBe(3001);
  const { lost } = listener.counters;
  // Others' records go through the same queue.
  expect(heard.storms + lost).toBeGreaterThanOrEqual(exits);
  if (lost > 0) return;
  expect(heard.storms).toBe(exits);
  expect(heard.losses).toEqual([]);
});

kernelTest(
  "as many exits as the machine can make are told, or told lost",
  [...needs, compiler],
  async () => {
    const heard = nothingHeard();
    const listener = await listen(heard, { receiveBufferBytes: 33_554_432 });
    const exits = await storm(10_000_000, 5, 2);
    await listener.close();
    const { lost, malformed } = listener.counters;
    process.stderr.write(`storm: ${exits} exits, ${heard.storms} records, ${lost} lost\n`);
    expect(malformed).toBe(0);
    expect(heard.losses.reduce((sum, { count }) => sum + count, 0)).toBe(lost);
    expect(heard.storms + lost).toBeGreaterThanOrEqual(exits);
    expect(heard.storms + lost).toBeLessThanOrEqual(exits + (lost > 0 ? heard.strangers : 0));
  },
);

kernelTest("a small queue loses records, and the loss is exact", [...needs, compiler], async () => {
  const small = nothingHeard();
  const big = nothingHeard();
  const reference = await listen(big);
  const listener = await listen(small, { receiveBufferBytes: 16_384 });
  expect(listener.receiveBufferBytes).toBeLessThan(65_536);
  const exits = await storm(20_000, 60);
  await listener.close();
  await reference.close();
  if (reference.counters.lost === 0) expect(big.storms).toBe(exits);
  const { lost } = listener.counters;
  expect(lost).toBeGreaterThan(0);
  expect(small.losses.reduce((sum, { count }) => sum + count, 0)).toBe(lost);
  // Those of other programs that were lost are counted, too, but cannot be told apart.
  const others = big.strangers + reference.counters.lost;
  expect(Math.abs(small.storms + lost - exits)).toBeLessThanOrEqual(others);
  for (const { sinceNs, untilNs, reason } of small.losses) {
    expect(reason).toBe("overrun");
    expect(untilNs).toBeGreaterThanOrEqual(sinceNs);
  }
});

kernelTest("threads have records of their own, the last one with the group", needs, async () => {
  const heard = nothingHeard();
  await using listener = await listen(heard);
  const pid = Number(await run(process.execPath, ["-p", "process.pid"]));
  listener.drain();
  const records = heard.records.filter(({ task }) => task.tgid === pid);
  expect(records.length).toBeGreaterThan(1);
  const last = records.filter(({ isLast }) => isLast);
  expect(last).toHaveLength(1);
  expect(last[0]?.group?.delays.cpu.count).toBeGreaterThan(last[0]?.task.delays.cpu.count ?? 0n);
});

kernelTest("close gives descriptors back, twice does nothing", needs, async () => {
  const before = openDescriptors();
  const listener = await listen(nothingHeard());
  await listener.close();
  await listener.close();
  expect(listener.closed).toBe(true);
  expect(openDescriptors()).toEqual(before);
});

kernelTest("an abort closes; one before it opens nothing", needs, async () => {
  const abort = new AbortController();
  const before = openDescriptors();
  const listener = await listen(nothingHeard(), { signal: abort.signal });
  abort.abort();
  expect(listener.closed).toBe(true);
  expect(openDescriptors()).toEqual(before);
  await expect(listen(nothingHeard(), { signal: abort.signal })).rejects.toMatchObject({
    name: "AbortError",
  });
});

kernelTest(
  "CPUs the machine cannot have are refused before anything is opened",
  needs,
  async () => {
    const before = openDescriptors();
    await expect(listen(nothingHeard(), { cpus: "0-9999" })).rejects.toThrow(/no CPU/u);
    await expect(listen(nothingHeard(), { cpus: "zero" })).rejects.toThrow(RangeError);
    expect(openDescriptors()).toEqual(before);
  },
);

const PROGRAM = `
  import { listenToExits } from "@task-watchers/delayacct/client";
  const open = listenToExits({ onRecord() {}, onLost() {} });
  await open.then(async (listener) => { await listener.close(); console.log("open"); },
    (error) => console.log(error.name, error.code, error.remedy));
`;
const program = (): string[] => ["--input-type=module", "-e", PROGRAM];

kernelTest("another network, pid or user namespace is told from the rest", [root, ...needs], () => {
  const inside = (...flags: string[]): string =>
    execFileSync("unshare", [...flags, process.execPath, ...program()], {
      cwd: installed("delayacct"),
      encoding: "utf8",
    });
  expect(inside("--net")).toMatch(/^TaskstatsUnavailableError ENODATA .*network namespace/u);
  expect(inside("--pid", "--fork")).toMatch(/^TaskstatsUnavailableError EINVAL .*pid/u);
  expect(inside("--user", "--map-root-user")).toMatch(/^TaskstatsUnavailableError EPERM /u);
});

kernelTest("exactly CAP_NET_ADMIN is enough", [root, ...needs], () => {
  const run = (capabilities: Parameters<typeof asNobody>[2]): string => {
    const script = `cd ${installed("delayacct")} && exec ${process.execPath} --input-type=module -e '${PROGRAM}'`;
    const { stdout, stderr } = asNobody("/bin/sh", ["-c", script], capabilities);
    return stdout + stderr;
  };
  expect(run(["CAP_NET_ADMIN"])).toBe("open\n");
  expect(run([])).toMatch(/^TaskstatsUnavailableError EPERM .*CAP_NET_ADMIN|cap_net_admin/u);
});
