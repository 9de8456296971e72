import {
  encodeGeneric,
  NetlinkConnection,
  NetlinkError,
  type NetlinkTransport,
  openNetlinkSocket,
  resolveFamily,
} from "@task-watchers/netlink";
import { u32Attribute } from "@task-watchers/netlink/attribute";
import { NETLINK_GENERIC } from "@task-watchers/netlink/constants";
import {
  TASKSTATS_CMD_ATTR_PID,
  TASKSTATS_CMD_ATTR_TGID,
  TASKSTATS_CMD_GET,
  TASKSTATS_GENL_NAME,
  TASKSTATS_GENL_VERSION,
} from "./constants.ts";
import { decodeStatsMessage } from "./message.ts";
import { explain } from "./refusal.ts";
import type { TaskStats } from "./task-stats.ts";

const REQUEST = { command: TASKSTATS_CMD_GET, version: TASKSTATS_GENL_VERSION };
/** Answers the socket can hold, at some 1,280 bytes of kernel memory each. */
const RECEIVE_BUFFER_BYTES = 4_194_304;
/** Queries under way at once; the others wait, so that no answer can overflow the socket. */
const IN_FLIGHT = 512;

/** How to ask. */
export interface QueryOptions {
  /** Gives up when aborted; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Asks the kernel for the figures of living tasks (and zombies). Needs CAP_NET_ADMIN in the initial user namespace. */
export interface TaskstatsClient extends AsyncDisposable {
  /**
   * Figures of one task, which is a thread: a process's own id gives those of its first thread. Ids are of the caller's
   * pid namespace. Any number of queries may be under way at once.
   *
   * @throws RangeError when `pid` is no positive 32-bit integer; NetlinkError `ESRCH` when no task has it;
   *   TaskstatsUnavailableError `EPERM`; SyscallError `ECANCELED` when closed
   */
  query(pid: number, options?: QueryOptions): Promise<TaskStats>;
  /**
   * Sums over the threads of a process, those that have exited included (their delays only, before 2026's fix). Most other
   * fields are 0: see `TaskStats`.
   *
   * @param tgid id of the process, or of any of its threads
   */
  queryGroup(tgid: number, options?: QueryOptions): Promise<TaskStats>;
  /** Whether it was closed, or the socket failed. */
  readonly closed: boolean;
  /** Gives the socket back; queries under way fail with `ECANCELED`. Twice does nothing. */
  close(): void;
}

/**
 * Opens a socket to taskstats. Needs no privilege by itself, only the queries do.
 *
 * @throws TaskstatsUnavailableError `ENOENT` on a kernel without taskstats
 */
export async function openTaskstats(): Promise<TaskstatsClient> {
  try {
    return await clientOver(
      openNetlinkSocket({
        protocol: NETLINK_GENERIC,
        receiveBufferBytes: RECEIVE_BUFFER_BYTES,
        datagramBytes: 4096,
      }),
    );
  } catch (error) {
    throw explain(error);
  }
}

/** The same over a socket of any kind, which it owns. */
export async function clientOver(transport: NetlinkTransport): Promise<TaskstatsClient> {
  const connection = new NetlinkConnection(transport);
  try {
    const { id } = await resolveFamily(connection, TASKSTATS_GENL_NAME);
    return new Client(connection, id);
  } catch (error) {
    connection.close();
    throw error;
  }
}

class Client implements TaskstatsClient {
  readonly #connection: NetlinkConnection;
  readonly #family: number;
  readonly #waiting: (() => void)[] = [];
  #inFlight = 0;

  constructor(connection: NetlinkConnection, family: number) {
    this.#connection = connection;
    this.#family = family;
  }

  get closed(): boolean {
    return this.#connection.closed;
  }

  async query(pid: number, options: QueryOptions = {}): Promise<TaskStats> {
    requireId("pid", pid);
    const { task } = await this.#get(
      TASKSTATS_CMD_ATTR_PID,
      pid,
      options,
      `no task has pid ${pid}`,
    );
    if (task === undefined)
      throw new RangeError(`Cannot decode the answer for pid ${pid}: no task in it`);
    return task;
  }

  async queryGroup(tgid: number, options: QueryOptions = {}): Promise<TaskStats> {
    requireId("tgid", tgid);
    const hint = `no process has pid ${tgid}`;
    const { group } = await this.#get(TASKSTATS_CMD_ATTR_TGID, tgid, options, hint);
    if (group === undefined)
      throw new RangeError(`Cannot decode the answer for tgid ${tgid}: no group in it`);
    return group;
  }

  close(): void {
    this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #get(
    attribute: number,
    id: number,
    options: QueryOptions,
    absent: string,
  ): Promise<ReturnType<typeof decodeStatsMessage>> {
    const payload = encodeGeneric(REQUEST, u32Attribute(attribute, id));
    if (this.#inFlight >= IN_FLIGHT) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#inFlight++;
    try {
      const reply = await this.#connection.request(
        { type: this.#family, payload },
        { name: "TASKSTATS_CMD_GET", ...options },
      );
      return decodeStatsMessage(reply.messages[0]?.payload ?? new Uint8Array(0));
    } catch (error) {
      if (error instanceof NetlinkError && error.code === "ESRCH") {
        throw new NetlinkError(error.syscall, { value: error.errno }, absent);
      }
      throw explain(error);
    } finally {
      const next = this.#waiting.shift();
      // Who waits takes the place over.
      if (next === undefined) this.#inFlight--;
      else next();
    }
  }
}

function requireId(name: string, value: number): void {
  if (Number.isInteger(value) && value > 0 && value <= 0x7fff_ffff) return;
  throw new RangeError(`${name} must be a positive integer of 31 bits, got ${value}`);
}
