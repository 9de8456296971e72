import { monotonicNs, SyscallError } from "@task-watchers/linux";
import {
  decodeAcknowledgement,
  decodeMessages,
  NetlinkError,
  type NetlinkMessage,
  type NetlinkTransport,
} from "@task-watchers/netlink";
import { NLM_F_ACK, NLMSG_ERROR } from "@task-watchers/netlink/constants";
import {
  AGROUP,
  TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK,
  TASKSTATS_CMD_ATTR_REGISTER_CPUMASK,
} from "./constants.ts";
import type { ExitSink, ExitTally } from "./exit-sink.ts";
import { LossCount } from "./loss-count.ts";
import { decodeStatsMessage } from "./message.ts";
import { encodeRegistration } from "./registration.ts";

/** Times a request is sent before it is given up: the acknowledgement may find the queue full. */
const TRIES = 3;
// include/uapi/asm-generic/errno.h
const ETIMEDOUT = 110;

/**
 * One socket that is told of the exits on one CPU. One for each, because the kernel numbers the records of a CPU and does
 * not say which it was: so, and only so, a gap in the numbers is a loss.
 */
export class ExitSocket {
  readonly cpu: number;
  readonly transport: NetlinkTransport;
  readonly #family: number;
  readonly #tally: ExitTally;
  readonly #sink: ExitSink;
  #loss: LossCount | undefined;
  #answer: { readonly sequence: number; value?: number } = { sequence: 0 };
  #registered = false;
  #overrun = false;
  #sureNs: bigint = monotonicNs();
  #emptyNs: bigint = this.#sureNs;
  #readNs: bigint = this.#sureNs;

  /** Takes the transport over, but opens nothing yet. */
  constructor(
    cpu: number,
    transport: NetlinkTransport,
    family: number,
    tally: ExitTally,
    sink: ExitSink,
  ) {
    this.cpu = cpu;
    this.transport = transport;
    this.#family = family;
    this.#tally = tally;
    this.#sink = sink;
  }

  /**
   * Records flow from here on.
   *
   * @param possible all CPUs of the machine, as a list. The kernel goes by the port's number, which a former owner may have
   *   left registered: its records would look like ours.
   * @throws NetlinkError `EPERM`, or `EINVAL` in another pid or user namespace; SyscallError
   */
  register(possible: string): void {
    this.#request("taskstats deregister", TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK, possible);
    this.#overrun = false;
    const loss = new LossCount(this.transport.drops());
    this.#loss = loss;
    this.#registered = true;
    const cpus = String(this.cpu);
    // Acknowledgements that found the queue full are counted by the kernel too, but are no records.
    loss.forgive(this.#request("taskstats register", TASKSTATS_CMD_ATTR_REGISTER_CPUMASK, cpus));
  }

  /** Tells the kernel to send no more. What is queued stays. */
  deregister(): void {
    if (!this.#registered) return;
    this.#registered = false;
    try {
      this.#send(TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK, String(this.cpu), 0, 0);
    } catch {
      // The kernel finds out when it next has a record for a port that is gone.
    }
  }

  /**
   * Reads until the queue is empty or `budget` datagrams were read, and says how many they were.
   *
   * @throws SyscallError when reading fails for another reason than an overrun
   */
  drain(budget: number): number {
    let read = 0;
    while (read < budget) {
      // Before the queue is looked at: what comes in between is not older.
      const askedNs = monotonicNs();
      const received = this.#receive();
      if (received === 0) {
        this.#emptyNs = askedNs;
        this.#settle();
        return read;
      }
      for (let i = 0; i < received; i++) this.#read(i);
      read += received;
    }
    return read;
  }

  /** Everything that was lost is told after this. The socket is then closed. */
  close(): void {
    this.deregister();
    try {
      while (this.drain(Infinity) > 0);
      this.#overrun = true;
      this.#settle();
    } finally {
      this.transport.close();
    }
  }

  /** Sends and reads until acknowledged; says how many acknowledgements were lost. */
  #request(name: string, attribute: number, cpus: string): number {
    for (let lost = 0; lost < TRIES; lost++) {
      const answer: { readonly sequence: number; value?: number } = {
        sequence: this.#answer.sequence + 1,
      };
      this.#answer = answer;
      this.#send(attribute, cpus, NLM_F_ACK, answer.sequence);
      // The acknowledgement is queued before sendto(2) returns: there is nothing to wait for.
      for (let received = 1; received > 0 && answer.value === undefined;) {
        received = this.#receive();
        for (let i = 0; i < received; i++) this.#read(i);
      }
      if (answer.value === 0) return lost;
      if (answer.value !== undefined) throw new NetlinkError(name, { value: answer.value });
    }
    throw new SyscallError(name, ETIMEDOUT, "the kernel did not acknowledge it");
  }

  #send(attribute: number, cpus: string, flags: number, sequence: number): void {
    const { portId: port } = this.transport;
    const request = { family: this.#family, port, attribute, cpus, flags, sequence };
    this.transport.send(encodeRegistration(request));
  }

  #receive(): number {
    for (;;) {
      try {
        const received = this.transport.receive();
        this.#readNs = monotonicNs();
        return received;
      } catch (error) {
        if (!(error instanceof SyscallError) || error.code !== "ENOBUFS") throw error;
        // Only reading on ends the congestion.
        this.#overrun = true;
        this.#tally.overruns++;
      }
    }
  }

  /** The queue is empty: whatever is missing now came after the last record. */
  #settle(): void {
    if (this.#overrun && this.#loss !== undefined) {
      this.#overrun = false;
      this.#tell(this.#loss.drops(this.transport.drops()));
    }
    this.#sureNs = monotonicNs();
  }

  #read(i: number): void {
    const { datagrams } = this.transport;
    if (datagrams.senderPort(i) !== 0) {
      this.#tally.spoofed++;
      return;
    }
    try {
      for (const message of decodeMessages(datagrams.datagram(i))) this.#message(message);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#tally.malformed++;
    }
  }

  #message(message: NetlinkMessage): void {
    if (message.type === NLMSG_ERROR) {
      if (message.sequence !== this.#answer.sequence) this.#tally.unasked++;
      else this.#answer.value = decodeAcknowledgement(message).value;
      return;
    }
    const isRecord = message.type === this.#family && message.port === 0;
    if (!isRecord || this.#loss === undefined) {
      this.#tally.unasked++;
      return;
    }
    this.#tell(this.#loss.sequence(message.sequence));
    const { task, group } = decodeStatsMessage(message.payload);
    if (task === undefined) throw new RangeError("Cannot decode record of an exit: no task in it");
    this.#tally.records++;
    this.#sink.record({
      task,
      ...(group === undefined ? {} : { group }),
      isLast: (task.flags & AGROUP) !== 0,
      cpu: this.cpu,
      emptyNs: this.#emptyNs,
      readNs: this.#readNs,
    });
  }

  #tell(count: number): void {
    if (count === 0) return;
    this.#tally.lost += count;
    const untilNs = monotonicNs();
    const loss = {
      reason: "overrun",
      count,
      cpu: this.cpu,
      sinceNs: this.#sureNs,
      untilNs,
    } as const;
    this.#sureNs = untilNs;
    this.#sink.lost(loss);
  }
}
