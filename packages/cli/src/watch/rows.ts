import type { ExecFacts, ExitedEvent, ProcEvent, TaskProcEvent } from "@task-watchers/proc-events";
import { describeCommand } from "../report/task-tree.ts";

/** A task as the table shows it. Text is fit for a terminal. */
export interface Row {
  readonly pid: number;
  readonly ppid: number;
  /** When it began, or was first heard of. */
  readonly startNs: bigint;
  euid: number | undefined;
  command: string;
  end: ExitedEvent | undefined;
}

/** Rows kept; beyond twice as many those that ended longest ago go, then those that began longest ago. */
const KEPT = 1000;

/** The tasks of late: those that run, those that ended. Bounded, whatever happens. */
export class Rows {
  readonly #byTask = new Map<string, Row>();
  /** In the order of their beginning. */
  #rows: Row[] = [];
  readonly #ended: Row[] = [];

  take(event: ProcEvent): void {
    if (event.type === "lost") return;
    const row = this.#byTask.get(event.task);
    if (event.type === "exit") this.#end(row, event);
    else if (event.type === "fork") this.#begin(event, event.ids?.euid, event.timeNs);
    else if (event.type === "uid" && row) row.euid = event.euid;
    else if (event.type === "exec") {
      const known = row ?? this.#begin(event, event.ids?.euid, event.timeNs);
      known.command = describeCommand(event.exec);
      if (event.ids) known.euid = event.ids.euid;
    }
  }

  /** Those that run, the youngest first. */
  running(limit: number): Row[] {
    const rows: Row[] = [];
    for (let i = this.#rows.length - 1; i >= 0 && rows.length < limit; i--) {
      const row = this.#rows[i];
      if (row && row.end === undefined) rows.push(row);
    }
    return rows;
  }

  /** Those that ended, the latest first. */
  ended(limit: number): Row[] {
    return limit > 0 ? this.#ended.slice(-limit).toReversed() : [];
  }

  #begin(event: TaskProcEvent, euid: number | undefined, startNs: bigint): Row {
    const { pid, ppid } = event;
    const command = inherited(event);
    const row: Row = { pid, ppid, startNs, euid, command, end: undefined };
    this.#byTask.set(event.task, row);
    this.#rows.push(row);
    if (this.#rows.length > 2 * KEPT) this.#forget();
    return row;
  }

  #end(known: Row | undefined, event: ExitedEvent): void {
    this.#byTask.delete(event.task);
    const row = known ?? this.#unknown(event);
    row.end = event;
    this.#ended.push(row);
    if (this.#ended.length > 2 * KEPT) this.#ended.splice(0, KEPT);
  }

  /** A task whose beginning was filtered out, or forgotten. */
  #unknown(event: ExitedEvent): Row {
    const { pid, ppid, timeNs, durationNs = 0n, exec } = event;
    const command = exec ? describeCommand(exec) : "?";
    return { pid, ppid, startNs: timeNs - durationNs, euid: undefined, command, end: undefined };
  }

  #forget(): void {
    const running = this.#rows.filter((row) => row.end === undefined).slice(-KEPT);
    const kept = new Set(running);
    for (const [task, row] of this.#byTask) if (!kept.has(row)) this.#byTask.delete(task);
    this.#rows = running;
  }
}

/** What a task runs that has not run a program of its own yet: its parent's; of one that was there, what it runs. */
function inherited(event: TaskProcEvent): string {
  if (event.exec === undefined) return "?";
  const isThere = event.type === "fork" && event.existing;
  return isThere ? presentCommand(event.exec) : `(${describeCommand(event.exec)})`;
}

/** Of a task that is there and has no arguments: a kernel thread, or one that has ended and was not waited for. */
export function presentCommand(exec: ExecFacts): string {
  const isEmpty = "missing" in exec.argv && exec.argv.missing === "empty";
  return isEmpty ? "[kernel thread or zombie]" : describeCommand(exec);
}
