import type {
  InitEvent,
  ModuleStatus,
  SummaryTable,
  Task,
  Watch,
  WatcherModule,
} from "@task-watchers/chain";
import { ProcFeed } from "../procfs/proc-feed.ts";
import { notesAbout } from "../report/notes.ts";
import { RunTotals } from "../report/run-totals.ts";
import { summaryTables } from "../report/summary.ts";
import { delayAccounting } from "../switch/sysctl.ts";
import { listenToExits } from "../taskstats/exits.ts";
import { VERSION } from "../version.ts";
import { DELAYS_LINE, toDelaysLine } from "./delays-line.ts";
import type { DelaysFeed, FeedSink } from "./delays-feed.ts";
import { checkOptions, type DelayacctOptions, type Machine } from "./options.ts";
import { RecordFeed } from "./record-feed.ts";
import { SwitchWatch } from "./switch-watch.ts";
import type { TaskDelays } from "./task-delays.ts";

/** The watcher module of delay accounting. */
export interface Delayacct extends WatcherModule {
  /**
   * Hears of every task at its end, until the function returned is called. What it throws is the watcher's error; the other
   * listeners hear of the task all the same.
   */
  listen(listener: (delays: TaskDelays) => void): () => void;
  status(): ModuleStatus;
  summary(): readonly SummaryTable[];
}

const MACHINE: Machine = { listen: listenToExits, switchState: delayAccounting };

/**
 * A module of delay accounting, for a registry of one's own.
 *
 * @param machine where records come from, for tests (default: this machine)
 * @throws TypeError or RangeError on a bad option
 */
export function createDelayacct(
  options: DelayacctOptions = {},
  machine: Machine = MACHINE,
): Delayacct {
  checkOptions(options);
  return new DelayacctModule(options, machine);
}

class DelayacctModule implements Delayacct {
  readonly name: string;
  readonly version: string = VERSION;
  readonly lines: Readonly<Record<string, string>> = {
    [DELAYS_LINE]: "At a task's end: what it took, and what it waited for.",
  };
  readonly watcher: WatcherModule["watcher"];
  readonly #options: DelayacctOptions;
  readonly #machine: Machine;
  readonly #listeners = new Set<(delays: TaskDelays) => void>();
  #watch: Watch | undefined;
  #feed: DelaysFeed | undefined;
  #switch: SwitchWatch;
  #totals = new RunTotals();
  #whyProc: string | undefined;
  #failure: string | undefined;

  constructor(options: DelayacctOptions, machine: Machine) {
    const { name = "delayacct" } = options;
    this.name = name;
    this.#options = options;
    this.#machine = machine;
    // Nothing of the machine is looked at before it is opened.
    this.#switch = new SwitchWatch(
      () => "unknown",
      () => 0n,
    );
    this.watcher = {
      name,
      existing: true,
      init: (event, task) => this.#begin(task, event),
      exit: (event, task) => this.#feed?.exit(event, task),
      free: (_event, task) => {
        this.#feed?.free(task);
        this.#totals.free(task);
      },
    };
  }

  async open(watch: Watch): Promise<void> {
    this.#totals = new RunTotals();
    this.#whyProc = undefined;
    this.#failure = undefined;
    this.#switch = new SwitchWatch(this.#machine.switchState);
    this.#feed = await this.#openFeed();
    this.#watch = watch;
  }

  async close(): Promise<void> {
    // What the closing still settles is written, too.
    await this.#feed?.close();
    // The summary is told afterwards.
    this.#switch.look();
    this.#watch = undefined;
  }

  listen(listener: (delays: TaskDelays) => void): () => void {
    // Wrapped, so that the same function may listen twice.
    const own = (delays: TaskDelays): void => listener(delays);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  status(): ModuleStatus {
    return {
      state: this.#watch === undefined ? "loaded" : "open",
      counters: { tasks: this.#totals.tasks, ...this.#feed?.counters() },
      notes: this.#feed === undefined ? [] : this.#notes(),
    };
  }

  summary(): readonly SummaryTable[] {
    return this.#feed === undefined ? [] : summaryTables(this.#totals, this.#notes());
  }

  #begin(task: Task, { existing, synthetic }: InitEvent): void {
    this.#totals.begin(task);
    const isExact = existing !== true && synthetic === undefined;
    this.#feed?.begin(task, { existing: existing === true, isExact });
  }

  async #openFeed(): Promise<DelaysFeed> {
    const { source = "auto", intervalMs } = this.#options;
    const sink: FeedSink = {
      settled: (delays) => this.#settled(delays),
      switched: ({ startNs }, { timeNs }) => this.#switch.during(startNs, timeNs),
      failed: (error) => void (this.#failure = error.message),
    };
    if (source !== "proc") {
      try {
        return await RecordFeed.open(this.#machine, this.#options, sink);
      } catch (error) {
        if (source === "taskstats" || !(error instanceof Error)) throw error;
        this.#whyProc = error.message;
      }
    }
    return new ProcFeed(sink, intervalMs);
  }

  #settled(delays: TaskDelays): void {
    this.#totals.add(delays);
    if (this.#watch?.hasTrace !== false) this.#watch?.writeLine(toDelaysLine(delays));
    const errors: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        listener(delays);
      } catch (error) {
        errors.push(error);
      }
    }
    // All have heard of it; what they threw is the watcher's.
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, errors.map(messageOf).join("; "));
  }

  #notes(): string[] {
    return notesAbout({
      source: this.#feed?.source,
      whyProc: this.#whyProc,
      switchState: this.#watch === undefined ? this.#switch.state : this.#switch.look(),
      wasTurnedOff: this.#switch.wasTurnedOff,
      totals: this.#totals,
      failure: this.#failure,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
