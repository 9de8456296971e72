import { readFileSync } from "node:fs";
import { NetlinkConnection, openNetlinkSocket, resolveFamily } from "@task-watchers/netlink";
import { NETLINK_GENERIC } from "@task-watchers/netlink/constants";
import { requireRecords } from "./canary.ts";
import { TASKSTATS_GENL_NAME } from "./constants.ts";
import { parseCpuList } from "./cpu-list.ts";
import { ExitSockets } from "./exit-listener.ts";
import type { ExitListener, ExitListenerOptions } from "./exit-record.ts";
import { explainRegistration } from "./refusal.ts";

const POSSIBLE = "/sys/devices/system/cpu/possible";
const RECEIVE_BUFFER_BYTES = 8_388_608;
/** A record of version 17 has 1,428 bytes at most. */
const DATAGRAM_BYTES = 4096;
/** Datagrams taken by one system call: there is one socket for each CPU, and memory for each. */
const BATCH = 32;

/**
 * Has the kernel send a record of each task (each thread) that exits. Records may be told before the promise resolves. Of
 * one CPU they come in order; between CPUs there is none, so the last of a process may come before its others.
 *
 * Needs CAP_NET_ADMIN, in the host's first user, pid and network namespaces.
 *
 * @throws TypeError for options of another type; RangeError for CPUs that the machine cannot have and for a receive buffer that is no size, before anything is
 *   opened; TaskstatsUnavailableError `EPERM`, `EINVAL`, `ENODATA`, `ENOENT`; the signal's reason
 */
export async function listenToExits(options: ExitListenerOptions): Promise<ExitListener> {
  const { receiveBufferBytes = RECEIVE_BUFFER_BYTES, signal } = options;
  if (!Number.isSafeInteger(receiveBufferBytes) || receiveBufferBytes < 0) {
    throw new RangeError(
      `receiveBufferBytes must be a whole number of bytes, got ${receiveBufferBytes}`,
    );
  }
  if (typeof options.onRecord !== "function" || typeof options.onLost !== "function") {
    const wrong = typeof options.onRecord === "function" ? "onLost" : "onRecord";
    throw new TypeError(`${wrong} must be a function, got ${String(options[wrong])}`);
  }
  if (options.cpus !== undefined && typeof options.cpus !== "string") {
    throw new TypeError(`cpus must be a list such as "0-3,8", got ${String(options.cpus)}`);
  }
  signal?.throwIfAborted();
  const possible = readFileSync(POSSIBLE, "latin1").trim();
  const all = parseCpuList(possible);
  const cpus = options.cpus === undefined ? all : parseCpuList(options.cpus, all);
  const open = (bytes: number) =>
    openNetlinkSocket({
      protocol: NETLINK_GENERIC,
      receiveBufferBytes: bytes,
      datagramBytes: DATAGRAM_BYTES,
      batch: BATCH,
    });
  let listener: ExitSockets | undefined;
  try {
    using connection = new NetlinkConnection(open(0));
    const { id: family } = await resolveFamily(connection, TASKSTATS_GENL_NAME);
    signal?.throwIfAborted();
    listener = new ExitSockets(
      { open: () => open(receiveBufferBytes), family, possible, cpus },
      options,
    );
    await requireRecords(connection, family, possible);
    signal?.throwIfAborted();
  } catch (error) {
    await listener?.close();
    throw explainRegistration(error);
  }
  listener.closeOn(signal);
  return listener;
}
