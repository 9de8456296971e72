import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import {
  type GenericFamily,
  encodeGeneric,
  NetlinkConnection,
  openNetlinkSocket,
  resolveFamily,
} from "@task-watchers/netlink";
import { textAttribute, u32Attribute } from "@task-watchers/netlink/attribute";
import { NETLINK_GENERIC, NLM_F_ACK } from "@task-watchers/netlink/constants";
import type { HostFacts } from "../host.ts";
import { type Probe, RefusedError } from "../probe.ts";
import { lacks, notInKernel, type Refusal } from "../refusal.ts";

// include/uapi/linux/taskstats.h
const GET = { command: 1, version: 1 };
const TASKSTATS_CMD_ATTR_PID = 1;
const TASKSTATS_CMD_ATTR_REGISTER_CPUMASK = 3;
const TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK = 4;
/** How long a record of an exit is waited for, milliseconds. */
const RECORD_MS = 1500;

/** Whether the figures of a living task are given. */
export const taskstatsQuery: Probe = {
  name: "taskstats-query",
  title: "what a task waited for: CPU, block I/O, swap, reclaim and more, from taskstats",
  attempt: (signal) =>
    withFamily(signal, async (connection, { id }) => {
      const payload = encodeGeneric(GET, u32Attribute(TASKSTATS_CMD_ATTR_PID, process.pid));
      const reply = await connection.request(
        { type: id, payload },
        { name: "TASKSTATS_CMD_GET", signal },
      );
      const bytes = reply.messages[0]?.payload.byteLength ?? 0;
      return `the kernel answered for this process, ${bytes} bytes`;
    }),
  explain,
};

/** Whether a record comes when a task exits. */
export const taskstatsExits: Probe = {
  name: "taskstats-exits",
  title: "the same figures of every task at its exit",
  attempt: (signal, host) =>
    withFamily(signal, async (connection, { id }) => {
      const cpus = readFileSync("/sys/devices/system/cpu/possible", "latin1").trim();
      const tell = async (attribute: number): Promise<void> => {
        const payload = encodeGeneric(GET, textAttribute(attribute, cpus));
        const name = "TASKSTATS_CMD_GET";
        await connection.request({ type: id, flags: NLM_F_ACK, payload }, { name, signal });
      };
      await tell(TASKSTATS_CMD_ATTR_REGISTER_CPUMASK);
      try {
        if (await recordOfAnExit(connection, id)) return "a record came at the exit of a task";
        throw nothingCame(host);
      } finally {
        // The kernel goes by the port's number, which the next socket may get: it must be told.
        connection.send({
          type: id,
          payload: encodeGeneric(GET, textAttribute(TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK, cpus)),
        });
      }
    }),
  explain,
};

/** Whether the kernel keeps the delays of tasks besides those for a CPU. */
export const delayAccounting: Probe = {
  name: "delay-accounting",
  title: "waits other than for a CPU are kept",
  attempt: (_signal, { settings }) => {
    const value = settings["kernel.task_delayacct"];
    if (value === 1)
      return "kernel.task_delayacct is 1; tasks older than that have no such figures";
    throw new RefusedError(
      value === null ? "there is no kernel.task_delayacct" : `kernel.task_delayacct is ${value}`,
      {
        reason: "the kernel keeps only the waits for a CPU",
        remedy: "sudo sysctl -w kernel.task_delayacct=1, or boot with delayacct",
      },
    );
  },
};

async function withFamily(
  signal: AbortSignal,
  body: (connection: NetlinkConnection, family: GenericFamily) => Promise<string>,
): Promise<string> {
  using connection = new NetlinkConnection(
    openNetlinkSocket({ protocol: NETLINK_GENERIC, receiveBufferBytes: 0 }),
  );
  return await body(connection, await resolveFamily(connection, "TASKSTATS", { signal }));
}

/** Ends a process of ours and waits for any record. */
function recordOfAnExit(connection: NetlinkConnection, family: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (came: boolean): void => {
      clearTimeout(timer);
      undo();
      resolve(came);
    };
    const timer = setTimeout(() => settle(false), RECORD_MS);
    const undo = connection.listen({
      message: ({ type }) => {
        if (type === family) settle(true);
      },
      // Records that were lost have come, too.
      overrun: () => settle(true),
      close: () => settle(false),
    });
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    child.on("error", () => settle(false));
  });
}

function nothingCame({ namespaces }: HostFacts): RefusedError {
  const refusal =
    namespaces.net.first === false
      ? {
          reason: "the records go to the host's first network namespace, and this is another",
          remedy: "run in the host's network namespace (for a container: --network host)",
        }
      : { reason: "the kernel sent none", remedy: "try again when the host is less busy" };
  return new RefusedError("registered, but no record came when a task exited", refusal);
}

function explain(code: string, host: HostFacts): Refusal | undefined {
  if (code === "EPERM") return lacks("CAP_NET_ADMIN", host);
  if (code === "ENOENT") return notInKernel("taskstats", "a kernel with CONFIG_TASKSTATS=y");
  if (code === "EINVAL" && host.namespaces.pid.first === false) {
    return {
      reason: "the kernel sends such records only to the host's first pid namespace",
      remedy: "run in the host's pid namespace (for a container: --pid host)",
    };
  }
  return undefined;
}
