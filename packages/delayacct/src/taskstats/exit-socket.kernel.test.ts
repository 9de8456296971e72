// Needs: CAP_NET_ADMIN in the initial namespaces; taskset of util-linux.
import { capability, initialNamespaces, kernelTest } from "@task-watchers/kernel-test";
import { readFileSync } from "node:fs";
import {
  NetlinkConnection,
  type NetlinkTransport,
  openNetlinkSocket,
  resolveFamily,
} from "@task-watchers/netlink";
import { expect } from "vitest";
import { recordArrives } from "./canary.ts";
import { parseCpuList } from "./cpu-list.ts";
import { ExitSockets } from "./exit-listener.ts";
import { ExitSocket } from "./exit-socket.ts";
import { run } from "./storm.fixture.ts";

const needs = [capability("CAP_NET_ADMIN"), initialNamespaces];

kernelTest("the trial finds that records come", needs, async () => {
  using connection = new NetlinkConnection(openNetlinkSocket({ protocol: 16 }));
  const { id } = await resolveFamily(connection, "TASKSTATS");
  expect(await recordArrives(connection, id, allCpus())).toBe(true);
});

kernelTest(
  "a port that was closed without deregistering goes on, until we take it over",
  needs,
  async () => {
    const family = await familyId();
    // The kernel registers port numbers, and the first free one of a process is its pid.
    const open = () => openNetlinkSocket({ protocol: 16, datagramBytes: 4096 });
    const surroundings = { open, family, possible: allCpus(), cpus: parseCpuList(allCpus()) };
    const handlers = { onRecord: () => {}, onLost: () => {} };
    const tally = { records: 0, lost: 0, spoofed: 0, unasked: 0, malformed: 0, overruns: 0 };
    for (const cpu of surroundings.cpus) {
      // Registers one port for all CPUs, as a program that was killed may leave it.
      const socket = new ExitSocket(cpu, open(), family, tally, { record() {}, lost() {} });
      expect(socket.transport.portId).toBe(process.pid);
      socket.register(String(cpu));
      socket.transport.close();
    }
    expect(await unaskedOnOurPort(open)).toBeGreaterThan(0);
    await new ExitSockets(surroundings, handlers).close();
    expect(await unaskedOnOurPort(open)).toBe(0);
  },
);

kernelTest("nothing is registered after close, nor after process.exit", needs, async () => {
  const open = () => openNetlinkSocket({ protocol: 16, datagramBytes: 4096 });
  const surroundings = { open, family: await familyId(), possible: allCpus() };
  const listener = new ExitSockets(
    { ...surroundings, cpus: parseCpuList(allCpus()) },
    { onRecord: () => {}, onLost: () => {} },
  );
  process.listeners("exit").at(-1)?.(0);
  expect(await unaskedOnOurPort(open, listener)).toBe(0);
  await listener.close();
  expect(await unaskedOnOurPort(open)).toBe(0);
});

/** Datagrams that come to the port whose number is our pid while processes exit on all CPUs. */
async function unaskedOnOurPort(
  open: () => NetlinkTransport,
  owner?: ExitSockets,
): Promise<number> {
  if (owner !== undefined) {
    const before = owner.counters.records;
    await exitEverywhere();
    owner.drain();
    return owner.counters.records - before;
  }
  const transport = open();
  try {
    expect(transport.portId).toBe(process.pid);
    await exitEverywhere();
    return transport.receive();
  } finally {
    transport.close();
  }
}

async function exitEverywhere(): Promise<void> {
  for (const cpu of parseCpuList(allCpus())) await run("taskset", ["-c", String(cpu), "true"]);
}

async function familyId(): Promise<number> {
  using connection = new NetlinkConnection(openNetlinkSocket({ protocol: 16 }));
  return (await resolveFamily(connection, "TASKSTATS")).id;
}

function allCpus(): string {
  return readFileSync("/sys/devices/system/cpu/possible", "latin1").trim();
}
