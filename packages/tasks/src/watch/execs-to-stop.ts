import type { ExecFailedNotice } from "@task-watchers/chain";
import { isUnavailable } from "@task-watchers/linux/procfs";
import { ExecLedger, type OpenExec } from "../stopped/exec-ledger.ts";
import type { StoppedExec } from "../stopped/stopped-exec.ts";
import { ranAfterAll, StoppedExecs, type StoppedExecsParts } from "../stopped/stopped-execs.ts";
import type { BootTime } from "../table/boot-time.ts";
import { ExecHurry } from "./exec-hurry.ts";
import type { StoppedSink } from "../table/table-parts.ts";
import type { TaskTable } from "../table/task-table.ts";
import type { TrackedTask } from "../table/tracked-task.ts";

/** What the execs that are stopped need of the watch. */
export interface ExecsToStopParts extends Pick<
  StoppedExecsParts,
  "confirms" | "isHeard" | "lastCalled"
> {
  readonly table: () => TaskTable;
  readonly boot: BootTime;
  /** Reads every event that waits. */
  readonly drain: () => void;
  /** Whether the source is to tell execs at once. */
  readonly hurry: (wanted: boolean) => void;
  /** A process was found by its exec, of which no source told. */
  readonly found: (task: TrackedTask) => void;
  readonly failed: (notice: ExecFailedNotice, task: TrackedTask) => void;
}

/** Puts the execs that are stopped together with the table of a watch. */
export class ExecsToStop implements StoppedSink {
  readonly execs: StoppedExecs;
  readonly ledger: ExecLedger;
  readonly #parts: ExecsToStopParts;
  readonly #hurry: ExecHurry;

  constructor(parts: ExecsToStopParts) {
    this.#parts = parts;
    this.#hurry = new ExecHurry(parts.hurry);
    const { confirms, drain, isHeard, lastCalled, table } = parts;
    this.ledger = new ExecLedger({
      confirms,
      drain,
      failed: (open, notice) => this.#failed(open, notice),
    });
    this.execs = new StoppedExecs({
      ledger: this.ledger,
      confirms,
      isHeard,
      lastCalled,
      taskOf: (exec) => this.#taskOf(exec),
      ask: (task, event) => table().askExec(task, event),
      tell: (task, event) => table().tellExec(task, event),
    });
  }

  confirm(task: TrackedTask, timeNs: bigint): ReturnType<StoppedSink["confirm"]> {
    const open = this.ledger.confirm(task, timeNs);
    if (open === undefined) {
      this.#hurry.missed();
      return undefined;
    }
    return { event: open.event ?? ranAfterAll(open.exec), isRaised: open.event !== undefined };
  }

  ended(task: TrackedTask): void {
    this.ledger.ended(task);
  }

  #failed(open: OpenExec, notice: ExecFailedNotice): void {
    const { task, event, before } = open;
    this.execs.count(notice.refused?.by, notice.refused !== undefined);
    if (event !== undefined) this.#parts.table().revertExec(task, event, before);
    this.#parts.failed(notice, task);
  }

  #taskOf(exec: StoppedExec): TrackedTask | undefined {
    this.#parts.drain();
    this.#hurry.stopped();
    const table = this.#parts.table();
    // Mostly a process is meant, and nothing has to be read for it.
    const known = table.process(exec.pid);
    if (known !== undefined) return known;
    const { task } = exec;
    if (isUnavailable(task)) return undefined;
    const { tgid, ppid, startTicks } = task;
    const found = table.process(tgid) ?? table.beginLate(tgid);
    if (found !== undefined) return found;
    const startNs = this.#parts.boot.monotonicNs(startTicks);
    const begun = table.begin(tgid, ppid, startNs, startTicks, "reconciled");
    this.#parts.found(begun);
    return begun;
  }
}
