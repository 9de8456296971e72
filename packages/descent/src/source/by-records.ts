import type { ExecCall, StoppedCall } from "@task-watchers/exec-stop";
import { type PerfRecord, RecordMerge, type TaskRecords } from "@task-watchers/perf";
import { PROC_EVENT_COMM } from "@task-watchers/tasks";
import type { LiveTasks } from "../tasks/live-tasks.ts";
import type { CallKind } from "../tasks/stopped-calls.ts";
import type { Evidence } from "./evidence.ts";

/** What is needed of perf's records. */
export type RecordSource = Pick<TaskRecords, "fill" | "lost" | "read" | "close">;

/** Forks, execs and exits by perf's records; stopped calls add what these do not say. */
export class ByRecords implements Evidence {
  readonly #records: RecordSource;
  readonly #live: LiveTasks;
  readonly #now: () => bigint;
  /** Kernel events wanted besides, a mask. */
  readonly #notices: () => number;
  readonly #merge = new RecordMerge<PerfRecord>((record) => this.#happened(record));
  #hasLost = false;

  constructor(records: RecordSource, live: LiveTasks, now: () => bigint, notices: () => number) {
    this.#records = records;
    this.#live = live;
    this.#now = now;
    this.#notices = notices;
  }

  get fill(): number {
    return this.#records.fill;
  }

  get lost(): number {
    return this.#records.lost;
  }

  get late(): number {
    return this.#merge.late;
  }

  noticedLoss(): boolean {
    const noticed = this.#hasLost;
    this.#hasLost = false;
    return noticed;
  }

  /** Never takes long. */
  look(): void {
    const startNs = this.#now();
    this.#read();
    // A record is stamped a moment before its ring shows it: the second look finds what was in the making at the first.
    this.#read();
    this.#merge.tellUntil(startNs);
  }

  stoppedExec(call: ExecCall): void {
    this.#live.stoppedExec(call);
  }

  stoppedCall(kind: CallKind, call: StoppedCall): void {
    // Before a wait the look alone is wanted: what will be waited for is still there.
    if (kind === "ids") this.#live.stoppedIds(call);
    else if (kind === "exit") this.#live.stoppedExit(call);
  }

  outcome(): void {}

  close(): void {
    this.#records.close();
  }

  #read(): void {
    this.#records.read((record, ring) => this.#merge.add(record, ring));
  }

  #happened(record: PerfRecord): void {
    if (record.type === "lost") {
      this.#hasLost = true;
      return;
    }
    // Threads of our own, beside the commands that one of them starts.
    if (record.pid === process.pid) return;
    if (record.type === "fork") this.#live.forked(record);
    else if (record.type === "exit") this.#live.exited(record);
    else if (record.type !== "comm") return;
    else if (record.isExec) this.#live.ran(record.pid, record.timeNs);
    else if ((this.#notices() & PROC_EVENT_COMM) !== 0) this.#live.named(record);
  }
}
