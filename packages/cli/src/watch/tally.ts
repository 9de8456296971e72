import type { ExitedEvent, LostEvent, ProcEvent, ProcEventKind } from "@task-watchers/proc-events";
import { describeCommand, hasFailed } from "../report/task-tree.ts";

/** Programs told apart; what comes beyond counts as others. */
const PROGRAMS_KEPT = 5000;
/** Ends kept of those that failed, and of the slowest. */
const FAILED_KEPT = 10;
const SLOWEST_KEPT = 5;

/** One program, over all tasks that ended while running it. */
export interface ProgramTotals {
  readonly program: string;
  count: number;
  failed: number;
  totalNs: bigint;
}

/** An end worth showing. Text is fit for a terminal. */
export interface NotedEnd {
  readonly event: ExitedEvent;
  readonly command: string;
}

/** What a watch adds up to, in memory that does not grow with it. */
export class Tally {
  readonly kinds: Map<ProcEventKind, number> = new Map();
  readonly programs: Map<string, ProgramTotals> = new Map();
  readonly slowest: NotedEnd[] = [];
  /** The latest that failed. */
  readonly failures: NotedEnd[] = [];
  readonly lost: Map<string, number> = new Map();
  /** Losses of which nobody knows how many events they were. */
  uncounted = 0;
  events = 0;
  failed = 0;
  /** Ends of programs beyond those that are told apart. */
  others = 0;

  take(event: ProcEvent): void {
    if (event.type === "lost") {
      this.#lost(event);
      return;
    }
    // What was there before is a state, and no event.
    if (event.type === "fork" && event.existing) return;
    this.events++;
    this.kinds.set(event.type, (this.kinds.get(event.type) ?? 0) + 1);
    if (event.type === "exit") this.#ended(event);
  }

  #lost({ reason, count }: LostEvent): void {
    if (count === null) this.uncounted++;
    else this.lost.set(reason, (this.lost.get(reason) ?? 0) + count);
  }

  #ended(event: ExitedEvent): void {
    const isFailed = hasFailed(event);
    const { durationNs } = event;
    this.#program(event, isFailed);
    const isSlow = durationNs !== undefined && this.#isSlow(durationNs);
    if (!isFailed && !isSlow) return;
    const noted = { event, command: event.exec ? describeCommand(event.exec) : "?" };
    if (isFailed) {
      this.failed++;
      this.failures.push(noted);
      if (this.failures.length > FAILED_KEPT) this.failures.shift();
    }
    if (!isSlow) return;
    this.slowest.push(noted);
    this.slowest.sort((a, b) => Number((b.event.durationNs ?? 0n) - (a.event.durationNs ?? 0n)));
    this.slowest.length = Math.min(this.slowest.length, SLOWEST_KEPT);
  }

  #isSlow(durationNs: bigint): boolean {
    const last = this.slowest[SLOWEST_KEPT - 1];
    return last === undefined || durationNs > (last.event.durationNs ?? 0n);
  }

  #program({ exec, durationNs = 0n }: ExitedEvent, isFailed: boolean): void {
    const program = programOf(exec);
    let totals = this.programs.get(program);
    if (totals === undefined) {
      if (this.programs.size >= PROGRAMS_KEPT) {
        this.others++;
        return;
      }
      totals = { program, count: 0, failed: 0, totalNs: 0n };
      this.programs.set(program, totals);
    }
    totals.count++;
    if (isFailed) totals.failed++;
    totals.totalNs += durationNs;
  }
}

/** Its path, or else the name it was called by. Not fit for a terminal. */
function programOf(exec: ExitedEvent["exec"]): string {
  if (typeof exec?.exe === "string") return exec.exe;
  const argv = exec?.argv;
  return (Array.isArray(argv) ? argv[0] : undefined) ?? "unknown";
}
