import type { PageData, PageMeta } from "../html/page-data.ts";
import { commandLine, programName } from "../model/command.ts";
import { visible } from "../model/format.ts";
import { hasFailed } from "../model/outcome.ts";
import { shareOut, type ShareName, type Shares } from "../model/shares.ts";
import type { ModelLoss, ModelTask } from "../model/trace-model.ts";
import { unpackTasks } from "./unpack.ts";

/** The trace as the page uses it: what is asked for again and again is kept. */
export class Report {
  readonly meta: PageMeta;
  readonly notes: readonly string[];
  readonly losses: readonly ModelLoss[];
  readonly tasks: readonly ModelTask[];
  /** Program of each task, fit to be shown. */
  readonly names: readonly string[];
  /** First moment and last that are shown. */
  readonly startNs: number;
  readonly endNs: number;
  readonly #children: (number[] | undefined)[] = [];
  readonly #lines: (string | undefined)[] = [];
  readonly #sought: (string | undefined)[] = [];

  constructor(data: PageData) {
    this.meta = data.meta;
    this.notes = data.notes;
    this.losses = data.losses;
    this.tasks = unpackTasks(data);
    this.names = this.tasks.map((task) => visible(programName(this, task)));
    for (const { index, parent } of this.tasks) {
      if (parent >= 0) (this.#children[parent] ??= []).push(index);
    }
    // What was there before began long ago: the picture begins with the watch.
    const starts = this.tasks.filter((task) => !task.existing).map((task) => task.startNs);
    this.startNs = Math.min(
      0,
      starts.reduce((least, ns) => Math.min(least, ns), 0),
    );
    this.endNs = Math.max(data.meta.endNs, this.startNs + 1000);
  }

  task(index: number): ModelTask | undefined {
    return this.tasks[index];
  }

  childrenOf(index: number): readonly number[] {
    return this.#children[index] ?? [];
  }

  /** The command line, fit to be shown. */
  line(index: number): string {
    const task = this.tasks[index];
    if (task === undefined) return "";
    return (this.#lines[index] ??= visible(commandLine(this, task)));
  }

  /** What a search looks at: names, arguments, folder and ids, in lower case. */
  sought(index: number): string {
    const task = this.tasks[index];
    if (task === undefined) return "";
    return (this.#sought[index] ??= [
      this.names[index],
      this.line(index),
      ...task.execs.flatMap((exec) => [exec.exe, exec.argv?.join(" "), exec.cwd]),
      ...task.failedExecs.flatMap((exec) => [exec.path, exec.argv?.join(" ")]),
      String(task.pid),
    ]
      .join("\n")
      .toLowerCase());
  }

  hasFailed(index: number): boolean {
    const task = this.tasks[index];
    return task !== undefined && hasFailed(task);
  }

  lengthNs(index: number): number {
    const task = this.tasks[index];
    return task === undefined ? 0 : task.endNs - task.startNs;
  }

  shares(index: number): Shares | undefined {
    const figures = this.tasks[index]?.delays?.figures;
    return figures && shareOut(figures);
  }
}

/** Names of shares for people. */
export const SHARE_LABELS: Readonly<Record<ShareName, string>> = {
  onCpu: "on a CPU",
  waitCpu: "waiting for a CPU",
  io: "blocked on I/O",
  memory: "reclaim and other memory work",
  asleep: "asleep",
};
