import type { WatchLoss } from "@task-watchers/chain";
import { monotonicNs, WallClock } from "@task-watchers/linux";
import { Assembler } from "../assemble/assembler.ts";
import type { AuditEvent } from "../assemble/audit-event.ts";
import { type AuditClient, openAuditClient } from "../client/audit-client.ts";
import { errorCode } from "../client/refusal.ts";
import { acquireAuditLease, type AuditLease, type LeaseEnd } from "../lease/audit-lease.ts";
import { type AuditReader, openAuditReader } from "../reader/audit-reader.ts";
import type { AuditOptions } from "./options.ts";
import { ownSession } from "./own-session.ts";
import { ToldEvent } from "./told-event.ts";

/** Where events go. */
export interface EventSink {
  readonly event: (told: ToldEvent) => void;
  readonly lost: (loss: WatchLoss) => void;
  /** The reader has ended by itself. */
  readonly failed: (error: Error) => void;
}

/** Events in the making are looked at so often, milliseconds: nothing may come that shows their age. */
const AGE_MS = 500;

/** Records of the kernel as events, and the rules that make it write them. */
export class EventSource {
  readonly #reader: AuditReader;
  readonly #assembler: Assembler;
  readonly #aging: NodeJS.Timeout;
  #client: AuditClient | undefined;
  #lease: AuditLease | undefined;
  /** The kernel's count of lost records when we began. */
  #lostBefore = 0;
  #lostInKernel: number | undefined;
  /** Why there are no rules of ours; absent when there are. */
  whyNoRules: string | undefined;
  /** The audit session that our rules are for; absent when they are for all. */
  session: number | undefined;
  /** Somebody switched audit off while we had need of it; known at the end. */
  wasSwitchedOff = false;
  /** How the lease ended; absent before it did. */
  end: LeaseEnd | undefined;

  private constructor(reader: AuditReader, assembler: Assembler) {
    this.#reader = reader;
    this.#assembler = assembler;
    this.#aging = setInterval(() => assembler.age(performance.now()), AGE_MS);
    this.#aging.unref();
  }

  /**
   * Listens, then has the kernel write records.
   *
   * @throws AuditUnavailableError when records cannot be read, or audit is off; nothing is left behind
   */
  static async open(options: AuditOptions, sink: EventSink): Promise<EventSource> {
    const clock = new WallClock();
    const assembler = new Assembler({
      countMissingSerials: true,
      onEvent: (event) => sink.event(told(event, clock)),
    });
    const { receiveBufferBytes } = options;
    const reader = await openAuditReader({
      ...(receiveBufferBytes !== undefined && { receiveBufferBytes }),
      onRecord: (type, text) => void assembler.pushText(type, text),
      onLost: sink.lost,
      onClose: (reason) => reason && sink.failed(reason),
    });
    // Ends are waited for by whoever watches tasks: alone, this need not keep the process alive.
    reader.unref();
    const source = new EventSource(reader, assembler);
    try {
      await source.#lay(options);
    } catch (error) {
      await source.close();
      throw error;
    }
    return source;
  }

  get lease(): AuditLease | undefined {
    return this.#lease;
  }

  /** Reads what has come by now. */
  drain(): void {
    this.#reader.drain();
  }

  counters(): Readonly<Record<string, number>> {
    const { told, lost, spoofed, malformed, truncated, queued } = this.#reader.counters;
    const { events, missingSerials, missingStart, missingEnd, evicted, late } =
      this.#assembler.counters;
    const { cutRecords, cutBytes, malformed: unreadable } = this.#assembler.counters;
    return {
      records: told,
      recordsLost: lost,
      ...(this.#lostInKernel !== undefined && { lostInKernel: this.#lostInKernel }),
      recordsQueued: queued,
      spoofed,
      malformed: malformed + unreadable,
      truncated,
      events,
      missingSerials,
      missingStart,
      missingEnd,
      evicted,
      late,
      cutRecords,
      cutBytes,
    };
  }

  /** Takes away what was laid, reads the rest, stops. Twice does nothing. */
  async close(): Promise<void> {
    clearInterval(this.#aging);
    try {
      await this.#seeSwitch();
      this.end ??= await this.#lease?.release();
      await this.#countKernelLoss();
    } finally {
      if (!this.#reader.closed) this.#reader.drain();
      this.#reader.close();
      this.#assembler.flush();
      this.#client?.close();
    }
  }

  async #lay({ wanted = ["exec", "exit", "ids"], enable, scope }: AuditOptions): Promise<void> {
    if (wanted.length === 0) {
      this.whyNoRules = "none was asked for";
      return;
    }
    try {
      const client = await openAuditClient();
      this.#client = client;
      const session = scope === "session" ? ownSession() : undefined;
      const options = { client, rules: wanted, ...(enable !== undefined && { enable }) };
      this.#lease = await this.#acquire(options, session);
      this.#lostBefore = (await client.status()).lost;
    } catch (error) {
      // Who may read and not rule reads what rules of others give.
      if (errorCode(error) !== "EPERM" || !(error instanceof Error)) throw error;
      this.whyNoRules = error.message;
    }
  }

  async #acquire(
    options: Parameters<typeof acquireAuditLease>[0],
    session: number | undefined,
  ): Promise<AuditLease> {
    if (session === undefined) return await acquireAuditLease(options);
    try {
      const lease = await acquireAuditLease({ ...options, session });
      this.session = session;
      return lease;
    } catch (error) {
      // Before Linux 4.10.
      if (errorCode(error) !== "EOPNOTSUPP") throw error;
      return await acquireAuditLease(options);
    }
  }

  async #seeSwitch(): Promise<void> {
    if (this.#lease === undefined || this.end !== undefined) return;
    if (this.#client === undefined || this.#client.closed) return;
    try {
      this.wasSwitchedOff = (await this.#client.status()).enabled === 0;
    } catch {
      // To give the lease back matters more, and says the same of a client that fails.
    }
  }

  async #countKernelLoss(): Promise<void> {
    if (this.#lease === undefined || this.#client === undefined || this.#client.closed) return;
    const { lost } = await this.#client.status();
    this.#lostInKernel = Math.max(0, lost - this.#lostBefore);
  }
}

function told(event: AuditEvent, clock: WallClock): ToldEvent {
  const { seconds, milliseconds } = event.stamp;
  const realNs = BigInt(seconds) * 1_000_000_000n + BigInt(milliseconds) * 1_000_000n;
  const fromNs = realNs - clock.realtimeNs(monotonicNs());
  return new ToldEvent(event, fromNs);
}
