import { readlinkSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type NetlinkConnection, encodeGeneric } from "@task-watchers/netlink";
import { textAttribute } from "@task-watchers/netlink/attribute";
import { NLM_F_ACK } from "@task-watchers/netlink/constants";
import {
  TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK,
  TASKSTATS_CMD_ATTR_REGISTER_CPUMASK,
  TASKSTATS_CMD_GET,
  TASKSTATS_GENL_VERSION,
} from "./constants.ts";
import { nothingComes } from "./refusal.ts";

/** How long the record of an exit is waited for, milliseconds. */
const PATIENCE_MS = 2000;

/**
 * Makes sure that records arrive: in another network namespace than the first the kernel takes the registration, and sends
 * them elsewhere. Where ours is known to be the first (that of process 1, which a registration shows to be the host's), nothing
 * is done; else a thread is made to exit.
 *
 * @throws TaskstatsUnavailableError `ENODATA`
 */
export async function requireRecords(
  connection: NetlinkConnection,
  family: number,
  possible: string,
): Promise<void> {
  if (sharesNetworkWithInit()) return;
  if (!(await recordArrives(connection, family, possible))) throw nothingComes();
}

/** Whether a record comes at the exit of a thread of ours, or of any other task. */
export async function recordArrives(
  connection: NetlinkConnection,
  family: number,
  possible: string,
): Promise<boolean> {
  const tell = (attribute: number) => ({
    type: family,
    flags: NLM_F_ACK,
    payload: encodeGeneric(
      { command: TASKSTATS_CMD_GET, version: TASKSTATS_GENL_VERSION },
      textAttribute(attribute, possible),
    ),
  });
  await connection.request(tell(TASKSTATS_CMD_ATTR_REGISTER_CPUMASK), {
    name: "taskstats register",
  });
  const patience = new AbortController();
  let came = false;
  const done = (): void => {
    came = true;
    patience.abort();
  };
  const undo = connection.listen({
    message: ({ type }) => {
      if (type === family) done();
    },
    // What was lost has come, too.
    overrun: done,
  });
  try {
    const exit = exitThread();
    await wait(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {});
    await exit;
    return came;
  } finally {
    undo();
    await connection.request(tell(TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK), {
      name: "taskstats deregister",
    });
  }
}

/** The least there is to exit. It must not load what this program was told to load at its start: that may be us. */
function exitThread(): Promise<void> {
  return new Promise((resolve) => {
    const options = { eval: true, execArgv: [], env: {}, stdout: true, stderr: true };
    const thread = new Worker("", options);
    // Without memory for a thread no record comes, and that is told.
    thread.on("error", () => {});
    thread.once("exit", () => resolve());
  });
}

// include/uapi/linux/nsfs.h: NET_NS_INIT_INO, since Linux 6.18; below all numbers that other namespaces get.
const INITIAL_NETWORK_NAMESPACE = "net:[4026531833]";

function sharesNetworkWithInit(): boolean {
  try {
    const ours = readlinkSync("/proc/self/ns/net");
    return ours === INITIAL_NETWORK_NAMESPACE || ours === readlinkSync("/proc/1/ns/net");
  } catch {
    return false;
  }
}
