import type { ExecFailedNotice, Task, TaskEvent } from "@task-watchers/chain";
import type { Loss } from "@task-watchers/tasks";
import {
  type AnyLine,
  eventLine,
  execFailedLine,
  formatLine,
  type SummaryLine,
} from "@task-watchers/trace";
import { type HeaderFacts, headerLine } from "../trace/header-line.ts";
import { TraceFile } from "../trace/trace-file.ts";

/** The trace of a run. */
export class RunTrace {
  readonly #file: TraceFile;
  readonly #beginNs: bigint;

  /**
   * @param path `-` for standard output
   * @param beginNs CLOCK_MONOTONIC
   * @throws the error of open(2)
   */
  constructor(path: string, facts: HeaderFacts, beginNs: bigint) {
    this.#file = new TraceFile(path);
    this.#beginNs = beginNs;
    this.#file.write(headerLine(facts));
    warmUp();
  }

  /** Lines that were not written. */
  get dropped(): number {
    return this.#file.dropped;
  }

  /** Why nothing can be written any more. */
  get gone(): string | undefined {
    return this.#file.gone;
  }

  event(event: TaskEvent, task: Task): void {
    this.#file.write(eventLine(event, task));
  }

  execFailed(notice: ExecFailedNotice, task: Task): void {
    this.#file.write(execFailedLine(notice, task));
  }

  lost({ reason, count, sinceNs, untilNs }: Loss): void {
    const times = { sinceNs: String(sinceNs), untilNs: String(untilNs) };
    this.#file.write({ type: "lost", timeNs: String(untilNs), reason, count, ...times });
  }

  /** One of a watcher's own. */
  line(line: AnyLine): void {
    this.#file.write(line);
  }

  /** The last one, after how many others were dropped. */
  summary(line: SummaryLine): void {
    const { dropped } = this;
    if (dropped > 0) {
      const { timeNs } = line;
      const times = { timeNs, sinceNs: String(this.#beginNs), untilNs: timeNs };
      this.#file.write({ type: "lost", ...times, reason: "trace", count: dropped });
    }
    try {
      this.#file.write(line);
    } catch {
      // What a module says of itself cannot be written.
      this.#file.write({ ...line, modules: [] });
    }
  }

  /** Resolves when everything is written, or can never be. */
  async end(): Promise<void> {
    await this.#file.end();
  }
}

/** Has the code compiled that every event runs through, while no program waits to be looked at. */
function warmUp(): void {
  const task = { id: "0.0", pid: 0, tgid: 0, ppid: 0, startNs: 0n };
  const base = { timeNs: 0n, exe: "", argv: ["sh", "-c", "exit 0"], cwd: "", cgroup: "" };
  for (let i = 0; i < 20; i++) {
    for (const type of ["init", "exec", "free"] as const) {
      formatLine(eventLine({ type, ...base }, task));
    }
  }
}
