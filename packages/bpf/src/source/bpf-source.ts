import { monotonicNs } from "@task-watchers/linux";
import {
  type EventSink,
  type EventSource,
  PROC_EVENT_COMM,
  PROC_EVENT_COREDUMP,
  PROC_EVENT_EXEC,
  PROC_EVENT_EXIT,
  PROC_EVENT_FORK,
  PROC_EVENT_GID,
  PROC_EVENT_PTRACE,
  PROC_EVENT_SID,
  PROC_EVENT_UID,
  type SourceCounters,
  SourceUnavailableError,
} from "@task-watchers/tasks";
import type { BpfLoss } from "../events/bpf-event.ts";
import type { BpfEventsCounters } from "../events/counters.ts";
import { execParts } from "../events/decode-record.ts";
import { EXEC, EXIT, EXIT_BYTES, FORK, FORK_BYTES, HEAD, KIND } from "../events/record-layout.ts";
import { RecordReader, type RecordReaderParts, type Turn } from "../events/record-reader.ts";
import type { ExecFactsCounters, ExecFactsMaker } from "./exec-facts.ts";
import { PendingEvents } from "./pending-events.ts";
import { SideConnector } from "./side-connector.ts";

/** Programs run on x64 and arm64, both little-endian. */
const LE = true;
const IDS = PROC_EVENT_UID | PROC_EVENT_GID;
const NOTICES = PROC_EVENT_SID | PROC_EVENT_PTRACE | PROC_EVENT_COMM | PROC_EVENT_COREDUMP;

/** What a BPF source counts. */
export interface BpfSourceCounters extends SourceCounters, Readonly<ExecFactsCounters> {
  /** Of the programs and their ring. */
  readonly bpf: BpfEventsCounters;
  /** Changes of ids that the kernel sent and we did not get; null when nobody tells us of any. */
  readonly idsLost: number | null;
  readonly noticesLost: number;
}

/** What a source is made of. */
export interface BpfSourceParts {
  readonly reader: RecordReaderParts;
  readonly facts: ExecFactsMaker;
  /** Changes of ids cannot be had. */
  readonly withoutIds: (error: SourceUnavailableError) => void;
}

/** Task events by BPF, in the connector's own form, with the facts of each exec. Ids and notices come by the connector. */
export class BpfSource implements EventSource {
  readonly name = "bpf";
  readonly #sink: EventSink;
  readonly #facts: ExecFactsMaker;
  readonly #reader: RecordReader;
  readonly #pending: readonly [ids: PendingEvents, notices: PendingEvents];
  #ids: SideConnector | undefined;
  #notices: SideConnector | undefined;
  #noticesWanted = 0;
  #noticesLostBefore = 0;
  #started = false;
  #told = 0;
  readonly #openedNs = monotonicNs();

  /** @internal Use `openBpfSource`. The programs are to be attached afterwards. */
  constructor(parts: BpfSourceParts, sink: EventSink) {
    this.#sink = sink;
    this.#facts = parts.facts;
    const tell: EventSink["event"] = (...event) => {
      if (this.#reader.closed) return;
      this.#told++;
      sink.event(...event);
    };
    this.#pending = [new PendingEvents(tell), new PendingEvents(tell)];
    this.#reader = new RecordReader(parts.reader, {
      record: this.#record,
      lost: this.#lost,
      begin: () => {
        this.#ids?.read();
        this.#notices?.read();
      },
      end: this.#end,
    });
    this.#ids = this.#openIds(parts.withoutIds);
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#ids?.start();
    this.#notices?.start();
    this.#reader.start();
  }

  readonly drain = (): void => this.#reader.drainTurn();

  drainAll(): void {
    this.#reader.drain();
  }

  setNotices(mask: number): void {
    const wanted = mask & NOTICES;
    if (wanted === this.#noticesWanted || this.#reader.closed) return;
    const next = wanted === 0 ? undefined : this.#openSide(wanted, this.#pending[1], true);
    this.#closeNotices();
    this.#noticesWanted = wanted;
    this.#notices = next;
    if (this.#started) next?.start();
  }

  counters(): BpfSourceCounters {
    const bpf = this.#reader.counters;
    const idsLost = this.#ids?.counters().lost ?? null;
    return {
      received: this.#told,
      lost: bpf.lost + (idsLost ?? 0),
      ...this.#facts.counters,
      bpf,
      idsLost,
      noticesLost: this.#noticesLostBefore + (this.#notices?.counters().lost ?? 0),
    };
  }

  ref(): void {
    this.#reader.ref();
  }

  unref(): void {
    this.#reader.unref();
  }

  close(): void {
    if (this.#reader.closed) return;
    this.#reader.close();
    this.#ids?.close();
    this.#notices?.close();
    for (const queue of this.#pending) queue.clear();
  }

  readonly #record = (view: DataView, at: number, size: number): bigint | undefined => {
    const kind = view.getUint32(at + HEAD.kind, LE);
    const timeNs = view.getBigUint64(at + HEAD.time, LE);
    const [ids, notices] = this.#pending;
    if (ids.length > 0) ids.before(timeNs);
    if (notices.length > 0) notices.before(timeNs);
    if (this.#reader.closed) return timeNs;
    const pid = view.getUint32(at + HEAD.pid, LE);
    const tgid = view.getUint32(at + HEAD.tgid, LE);
    const { event } = this.#sink;
    if (kind === KIND.fork && size >= FORK_BYTES) {
      this.#told++;
      const parentPid = view.getUint32(at + FORK.parentPid, LE);
      const parentTgid = view.getUint32(at + FORK.parentTgid, LE);
      event(PROC_EVENT_FORK, pid, tgid, parentPid, parentTgid, timeNs, 0, 0);
      return timeNs;
    }
    if (kind === KIND.exit && size >= EXIT_BYTES) {
      this.#told++;
      const status = view.getUint32(at + EXIT.status, LE);
      const parentTgid = view.getUint32(at + EXIT.parentTgid, LE);
      const isLast = view.getUint32(at + EXIT.last, LE);
      const processStatus = view.getUint32(at + EXIT.processStatus, LE);
      event(PROC_EVENT_EXIT, pid, tgid, status, parentTgid, timeNs, isLast, processStatus);
      return timeNs;
    }
    const parts = kind === KIND.exec ? execParts(view, at, size) : undefined;
    if (parts === undefined) return undefined;
    this.#told++;
    const cgroupId = view.getBigUint64(at + EXEC.cgroup, LE);
    this.#sink.facts(tgid, this.#facts.make(tgid, cgroupId, parts));
    event(PROC_EVENT_EXEC, pid, tgid, 0, 0, timeNs, 0, 0);
    return timeNs;
  };

  readonly #lost = ({ count, sinceNs, untilNs }: BpfLoss): void => {
    this.#sink.lost({ reason: "overrun", count, sinceNs: sinceNs ?? this.#openedNs, untilNs });
  };

  readonly #end = (turn: Turn): void => {
    for (const queue of this.#pending) {
      queue.until(this.#reader.positions.told);
      // The rest once what was written meanwhile is told, too.
      if (queue.length > 0) turn.empty = false;
    }
    if (!turn.more && !this.#reader.closed) this.#sink.settled();
  };

  #openIds(without: BpfSourceParts["withoutIds"]): SideConnector | undefined {
    try {
      return this.#openSide(IDS, this.#pending[0], false);
    } catch (error) {
      if (!(error instanceof SourceUnavailableError)) throw error;
      without(error);
      return undefined;
    }
  }

  #openSide(events: number, queue: PendingEvents, areNotices: boolean): SideConnector {
    return new SideConnector(events, {
      event: (...event) => queue.add(event, this.#reader.positions.written),
      lost: (loss) => this.#sink.lost(areNotices ? { ...loss, notices: true } : loss),
      came: this.drain,
    });
  }

  #closeNotices(): void {
    if (this.#notices === undefined) return;
    this.#notices.close();
    this.#noticesLostBefore += this.#notices.counters().lost;
    this.#notices = undefined;
  }
}
