import type { ExecCall, ExecOutcome, StoppedCall } from "@task-watchers/exec-stop";
import { monotonicNs } from "@task-watchers/linux/clock";
import { ProcReader } from "@task-watchers/linux/procfs";
import type { EventSink, EventSource } from "@task-watchers/tasks";
import type { CallKind } from "../tasks/stopped-calls.ts";
import { LiveTasks } from "../tasks/live-tasks.ts";
import { ByRecords, type RecordSource } from "./by-records.ts";
import { ByStops } from "./by-stops.ts";
import { type Counting, type DescentCounters, newCounters } from "./counters.ts";
import type { Evidence } from "./evidence.ts";
import { countedSink } from "./counted-sink.ts";
import { Losses } from "./losses.ts";
import type { ToldFork } from "./told-events.ts";
import { ToldQueue } from "./told.ts";

/** What a source is made of. */
export interface DescentSourceParts {
  /** Absent where perf is refused. */
  readonly records: RecordSource | undefined;
  /** Whether set-user-ID programs give rights in the tree. */
  readonly gainsIds: boolean;
  /** Without records: tell of execs, too; else whoever stops them does. */
  readonly tellsExecs: boolean;
  /** Called before a command of ours is told of. */
  readonly onRoot: (pid: number) => void;
}

/** Time from a stopped call to the look at what came of it, milliseconds; doubled while nothing more happens. */
const FIRST_LOOK_MS = 1;
/** The longest time between two looks, milliseconds. */
const LONGEST_MS = 50;

/** Process events of the descent of our own commands, in the connector's form. */
export class DescentSource implements EventSource {
  readonly name = "descent";
  readonly #sink: EventSink;
  readonly #queue = new ToldQueue();
  readonly #counters: Counting = newCounters();
  #live: LiveTasks | undefined;
  #evidence: Evidence | undefined;
  #notices = 0;
  #timer: NodeJS.Timeout | undefined;
  #nextMs = FIRST_LOOK_MS;
  #isStarted = false;
  #isRef = true;
  #isClosed = false;
  #isTelling = false;
  #root: ToldFork | undefined;
  readonly #losses = new Losses(monotonicNs());

  constructor(sink: EventSink) {
    this.#sink = countedSink(sink, this.#counters);
  }

  /** From now on commands may be started. */
  attach({ records, gainsIds, tellsExecs, onRoot }: DescentSourceParts): void {
    const proc = new ProcReader();
    const parts = { queue: this.#queue, proc, counters: this.#counters };
    const live = new LiveTasks({
      ...parts,
      gainsIds,
      onRoot: (fork) => {
        this.#root = fork;
        onRoot(fork.pid);
        this.#root = undefined;
      },
    });
    this.#live = live;
    this.#evidence = records
      ? new ByRecords(records, live, monotonicNs, () => this.#notices)
      : new ByStops({ ...parts, live, tellsExecs });
    this.#soon();
  }

  start(): void {
    this.#isStarted = true;
    this.#soon();
  }

  ref(): void {
    this.#isRef = true;
    this.#timer?.ref();
  }

  unref(): void {
    this.#isRef = false;
    this.#timer?.unref();
  }

  setNotices(mask: number): void {
    this.#notices = mask;
  }

  counters(): DescentCounters {
    const { lost = 0, late = 0 } = this.#evidence ?? {};
    return { ...this.#counters, lost, late };
  }

  drain(): void {
    this.#tell();
  }

  /** What is still to be found out stays behind, and all that comes after it. */
  drainAll(): void {
    this.#tell();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    // The count is not read at each look: what was lost of late is not told yet.
    if (this.#isStarted) this.#tellLost(true);
    this.#evidence?.close();
    this.#live?.close();
  }

  /** A task stands still in exec: whatever happened before is told, as far as it is known. */
  stoppedExec(call: ExecCall): void {
    this.#stopped((evidence) => evidence.stoppedExec(call));
    // Whoever answers wants to know whom it is about.
    if (this.#isClosed || this.#isTelling || !this.#isStarted) return;
    this.#telling(() => this.#live?.tellOf(call.pid, this.#sink));
  }

  stoppedCall(kind: CallKind, call: StoppedCall): void {
    this.#stopped((evidence) => evidence.stoppedCall(kind, call));
  }

  outcome(call: ExecCall, outcome: ExecOutcome): void {
    if (this.#isClosed) return;
    this.#evidence?.outcome(call, outcome);
    this.#soon();
  }

  /** A command is about to be started. */
  expect(): void {
    this.#soon();
  }

  #stopped(note: (evidence: Evidence) => void): void {
    const evidence = this.#evidence;
    if (this.#isClosed || evidence === undefined) return;
    this.#counters.stops++;
    evidence.look(true);
    note(evidence);
    this.#flush();
    this.#soon();
  }

  #tell(): void {
    if (this.#isClosed) return;
    if (this.#isTelling) {
      // Whoever follows a command when it begins asks for its fork, which is told at this moment.
      this.#root?.tell(this.#sink);
      return;
    }
    this.#evidence?.look(false);
    this.#flush();
    if (!this.#isClosed) this.#sink.settled();
  }

  #flush(): void {
    if (this.#isTelling || !this.#isStarted) return;
    this.#telling(() => this.#queue.flush(this.#sink, monotonicNs()));
    if (!this.#isClosed) this.#tellLost(false);
  }

  #telling(work: () => void): void {
    this.#isTelling = true;
    try {
      work();
    } finally {
      this.#isTelling = false;
    }
  }

  #tellLost(isLast: boolean): void {
    const loss = this.#evidence && this.#losses.take(this.#evidence, monotonicNs(), isLast);
    if (loss === undefined) return;
    if (!isLast) this.#live?.resync();
    this.#sink.lost(loss);
  }

  /** Looks at once, so to speak. */
  #soon(): void {
    this.#nextMs = FIRST_LOOK_MS;
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (!this.#isStarted || this.#isClosed) return;
    this.#timer = setTimeout(() => this.#round(), this.#nextMs);
    if (!this.#isRef) this.#timer.unref();
  }

  #round(): void {
    const isBusy = (this.#evidence?.fill ?? 0) > 0.2 || this.#queue.waiting > 0;
    this.#nextMs = isBusy ? FIRST_LOOK_MS * 2 : Math.min(LONGEST_MS, this.#nextMs * 2);
    this.#schedule();
    this.drain();
  }
}
