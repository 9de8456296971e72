import { jiffyNs } from "@task-watchers/linux";
import {
  NetlinkConnection,
  type NetlinkReply,
  type NetlinkRequest,
  type NetlinkTransport,
  openNetlinkSocket,
} from "@task-watchers/netlink";
import { NETLINK_AUDIT, NLM_F_ACK } from "@task-watchers/netlink/constants";
import { decodeRule, encodeRule } from "../rules/codec.ts";
import type { AuditRule } from "../rules/rule.ts";
import {
  AUDIT_ADD_RULE,
  AUDIT_DEL_RULE,
  AUDIT_GET,
  AUDIT_GET_FEATURE,
  AUDIT_LIST_RULES,
  AUDIT_SET,
  AUDIT_STATUS_BACKLOG_WAIT_TIME_ACTUAL,
  AUDIT_STATUS_LOST,
} from "./constants.ts";
import { type AuditFeatures, decodeFeatures } from "./features.ts";
import { errorCode, explain, locked } from "./refusal.ts";
import {
  type AuditStatus,
  type AuditStatusChange,
  decodeStatus,
  encodeStatus,
  encodeStatusChange,
  type StatusDangers,
  withMilliseconds,
} from "./status.ts";

/**
 * Asks for and changes the kernel's audit status and rules, which are the whole host's. Everything here needs
 * CAP_AUDIT_CONTROL in the initial user and pid namespace; what is set stays set when the process ends.
 *
 * Methods throw AuditUnavailableError `EPERM`, `ECONNREFUSED`, `ELOCKED`; NetlinkError when the kernel refuses the content;
 * SyscallError `ECANCELED` when closed.
 */
export interface AuditClient extends AsyncDisposable {
  status(): Promise<AuditStatus>;
  /**
   * Sets what is given, all in one request; the kernel takes the values in the order enabled, failure, rate limit, backlog limit,
   * wait time and stops at the first that it does not take.
   *
   * @throws RangeError naming the value, before anything is sent; NetlinkError `EINVAL` for a wait time above 600 s
   */
  setStatus(change: AuditStatusChange, dangers?: StatusDangers): Promise<void>;
  /** Sets the count of lost records to 0 and gives what it was. Since Linux 4.11. */
  resetLost(): Promise<number>;
  /** Sets the time that tasks were held up to 0 and gives what it was, jiffies. Since Linux 5.9. */
  resetBacklogWaited(): Promise<number>;
  features(): Promise<AuditFeatures>;
  /** All rules, list by list, in the order in which the kernel tries them. */
  rules(): Promise<AuditRule[]>;
  /**
   * Adds a rule behind those of its list, where it is tried last. The first rule that matches decides.
   *
   * @param options `prepend`: put it before them (default false)
   * @throws NetlinkError `EEXIST` when there is an equal one, `EINVAL` for what the kernel does not take together
   */
  addRule(rule: AuditRule, options?: { readonly prepend?: boolean }): Promise<void>;
  /** @throws NetlinkError `ENOENT` when no rule is equal to it, the order of fields and the key included */
  deleteRule(rule: AuditRule): Promise<void>;
  readonly closed: boolean;
  /** Gives the socket back; requests under way fail with `ECANCELED`. Twice does nothing. */
  close(): void;
}

/**
 * Opens a socket to audit. Needs no privilege by itself, only the requests do.
 *
 * @throws AuditUnavailableError `EPROTONOSUPPORT` on a kernel without audit or booted with audit=0
 */
export async function openAuditClient(): Promise<AuditClient> {
  try {
    return auditClientOver(openNetlinkSocket({ protocol: NETLINK_AUDIT, batch: 16 }));
  } catch (error) {
    throw explain(error);
  }
}

/** The same over a socket of any kind, which it owns. */
export function auditClientOver(transport: NetlinkTransport): AuditClient {
  return new Client(new NetlinkConnection(transport));
}

class Client implements AuditClient {
  readonly #connection: NetlinkConnection;

  constructor(connection: NetlinkConnection) {
    this.#connection = connection;
  }

  get closed(): boolean {
    return this.#connection.closed;
  }

  async status(): Promise<AuditStatus> {
    const words = decodeStatus(payloadOf(await this.#ask("AUDIT_GET", { type: AUDIT_GET })));
    const tickNs = tick();
    return tickNs === undefined ? words : withMilliseconds(words, tickNs);
  }

  async setStatus(change: AuditStatusChange, dangers?: StatusDangers): Promise<void> {
    await this.#change("AUDIT_SET", AUDIT_SET, encodeStatusChange(change, dangers));
  }

  async resetLost(): Promise<number> {
    return await this.#change("AUDIT_SET", AUDIT_SET, encodeStatus(AUDIT_STATUS_LOST));
  }

  async resetBacklogWaited(): Promise<number> {
    const payload = encodeStatus(AUDIT_STATUS_BACKLOG_WAIT_TIME_ACTUAL);
    return await this.#change("AUDIT_SET", AUDIT_SET, payload);
  }

  async features(): Promise<AuditFeatures> {
    const reply = await this.#ask("AUDIT_GET_FEATURE", { type: AUDIT_GET_FEATURE });
    return decodeFeatures(payloadOf(reply));
  }

  async rules(): Promise<AuditRule[]> {
    const reply = await this.#ask("AUDIT_LIST_RULES", { type: AUDIT_LIST_RULES });
    return reply.messages.map(({ payload }) => decodeRule(payload));
  }

  async addRule(rule: AuditRule, options: { readonly prepend?: boolean } = {}): Promise<void> {
    await this.#change("AUDIT_ADD_RULE", AUDIT_ADD_RULE, encodeRule(rule, options));
  }

  async deleteRule(rule: AuditRule): Promise<void> {
    await this.#change("AUDIT_DEL_RULE", AUDIT_DEL_RULE, encodeRule(rule));
  }

  close(): void {
    this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** Without an acknowledgement: audit sends it before the data, which a thread of its own sends. */
  async #ask(name: string, request: NetlinkRequest): Promise<NetlinkReply> {
    try {
      return await this.#connection.request(request, { name });
    } catch (error) {
      throw explain(error);
    }
  }

  async #change(name: string, type: number, payload: Uint8Array): Promise<number> {
    try {
      const request = { type, flags: NLM_F_ACK, payload };
      return (await this.#connection.request(request, { name })).result ?? 0;
    } catch (error) {
      if (errorCode(error) === "EPERM" && (await this.#isLocked())) throw locked(error);
      throw explain(error);
    }
  }

  /** The kernel says the same of a lock as of a missing privilege; but who may ask has the privilege. */
  async #isLocked(): Promise<boolean> {
    try {
      return (await this.status()).enabled === 2;
    } catch {
      return false;
    }
  }
}

/** The resolution of CLOCK_MONOTONIC_COARSE, which every kernel tells everybody; where it does not, ticks have to do. */
function tick(): bigint | undefined {
  try {
    return jiffyNs();
  } catch {
    return undefined;
  }
}

function payloadOf(reply: NetlinkReply): Uint8Array {
  return reply.messages[0]?.payload ?? new Uint8Array(0);
}
