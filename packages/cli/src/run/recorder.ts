import {
  type ExecFailedNotice,
  type ExitEvent,
  TASK_EVENTS,
  type Task,
  type TaskEvent,
  type TaskWatcher,
  taskWatchers,
} from "@task-watchers/chain";
import { monotonicNs } from "@task-watchers/linux/clock";
import type { Loss, WatchCounters } from "@task-watchers/tasks";
import type { AnyLine, SummaryLine } from "@task-watchers/trace";
import type { CommandEnd } from "./child.ts";
import { load } from "../load.ts";
import { signalName } from "../report/format.ts";
import { auditedExec } from "../report/audited-exec.ts";
import type { Live } from "../report/live.ts";
import type * as printReport from "../report/print-report.ts";
import type { RunArguments } from "./run-arguments.ts";
import { styleFor } from "../report/style.ts";
import { TaskTree } from "../report/task-tree.ts";
import { standardError } from "../standard-error.ts";
import { Progress } from "./progress.ts";
import type * as runTrace from "./run-trace.ts";
import type { RunTrace } from "./run-trace.ts";
import type { HeaderFacts } from "../trace/header-line.ts";
import { WatcherTrouble } from "../watchers/watcher-trouble.ts";

/** What is kept of a run while it happens: the trace, the tree, the live lines. Itself a watcher on the chain. */
export class Recorder {
  readonly watcher: TaskWatcher;
  readonly #args: RunArguments;
  #trace: RunTrace | undefined;
  readonly #tree: TaskTree;
  readonly #style = styleFor(standardError, process.env);
  readonly #columns = standardError.columns;
  readonly #beginNs = monotonicNs();
  #live: Live | undefined;
  readonly #trouble: WatcherTrouble;
  #progress: Progress | undefined;
  #rootPid = 0;
  /** How our own children ended: the command may before its pid is told. */
  readonly #ends = new Map<number, ExitEvent>();
  #tellEnd: (end: CommandEnd) => void = () => {};
  readonly #commandEnded = new Promise<CommandEnd>((resolve) => (this.#tellEnd = resolve));

  constructor(args: RunArguments) {
    this.#args = args;
    this.#tree = isShown(args) ? new TaskTree() : new TaskTree(0);
    this.#trouble = new WatcherTrouble((line) => print(this.#style.red(line)));
    this.watcher = isKept(args) ? this.#watcher() : this.#endsWatcher();
    if (isShown(args)) warmUp();
  }

  /** The watch has begun. What not every run has is loaded now. @throws (rejects) the error of open(2) when the trace cannot be written */
  async begin(facts: HeaderFacts): Promise<void> {
    this.#trouble.sayWhatFailed();
    const { json, live, quiet } = this.#args;
    if (json !== undefined) {
      const { RunTrace } = await load<typeof runTrace>("#run-trace");
      this.#trace = new RunTrace(json, facts, this.#beginNs);
    }
    if (live) {
      const { Live } = await import("../report/live.ts");
      this.#live = new Live(print, this.#style, this.#columns, this.#beginNs);
    }
    if (!quiet) this.#progress = new Progress(this.#tree, process.env);
  }

  /** The command was started. */
  started(pid: number): void {
    this.#rootPid = pid;
  }

  /** The command has ended, and was waited for; the first call counts. */
  ended(end: CommandEnd): void {
    this.#tellEnd(end);
  }

  /** How the command ended, by the kernel's own account: Node.js has no name for real-time signals. */
  commandEnd(): CommandEnd | undefined {
    const { code, signal } = this.#ends.get(this.#rootPid) ?? {};
    if (signal !== undefined) return { signal: signalName(signal), signalNumber: signal };
    return code === undefined ? undefined : { code };
  }

  lost(loss: Loss): void {
    const { reason, count } = loss;
    this.#trace?.lost(loss);
    if (this.#live)
      print(this.#style.red(`lost ${count ?? "an unknown number of"} events (${reason})`));
  }

  /** A line that a watcher writes: of a kind of its own, or the file could not be read any more. */
  line(line: AnyLine): void {
    const type: unknown = line?.type;
    if (typeof type === "string" && !OUR_TYPES.has(type)) {
      this.#trace?.line(line);
      const exec = auditedExec(line);
      if (exec) this.#tree.audited(exec);
      return;
    }
    throw new TypeError(`a watcher cannot write a line of type ${JSON.stringify(type)}`);
  }

  /** Something went wrong with the watch, though the command goes on. */
  trouble(text: string): void {
    print(this.#style.red(text));
  }

  /** An exec did not happen. */
  execFailed(notice: ExecFailedNotice, task: Task): void {
    this.#trace?.execFailed(notice, task);
    const node = this.#tree.execFailed(notice, task);
    if (node && (notice.raised || notice.refused)) this.#live?.execFailed(node, notice);
  }

  /** A line for the user, unless quiet was asked for. */
  note(text: string): void {
    if (!this.#args.quiet) print(this.#style.dim(text));
  }

  /** Writes the summary and shows tree and totals. */
  async finish(counters: WatchCounters, end: CommandEnd): Promise<void> {
    this.#live?.flush();
    const now = monotonicNs();
    const elapsedNs = now - this.#beginNs;
    this.#progress?.close();
    this.#trace?.summary(this.#summary(counters, end, now, elapsedNs));
    await this.#trace?.end();
    this.#trouble.close();
    if (this.#trace?.gone) print(this.#style.red(`the trace is incomplete: ${this.#trace.gone}`));
    if (this.#args.quiet) return;
    // Not needed until now: a command that is to be watched would wait for it.
    const { reportLines } = await load<typeof printReport>("#print-report");
    const lines = reportLines(this.#tree, counters, {
      style: this.#style,
      columns: this.#columns,
      maxTasks: this.#args.maxTasks,
      elapsedNs,
      traceLinesDropped: this.#trace?.dropped ?? 0,
      watcherErrors: this.#trouble.errors,
    });
    print(lines.join("\n"));
  }

  /** The command never ran: the trace, if it was begun, says so by a summary without an end of the command. */
  async abort(counters: WatchCounters | undefined): Promise<void> {
    this.#progress?.close();
    this.#live?.flush();
    const now = monotonicNs();
    if (counters)
      this.#trace?.summary(this.#summary(counters, undefined, now, now - this.#beginNs));
    this.#trouble.close();
    await this.#trace?.end();
  }

  #summary(
    counters: WatchCounters,
    command: CommandEnd | undefined,
    now: bigint,
    elapsedNs: bigint,
  ): SummaryLine {
    const { seen, failed, alive } = this.#tree;
    return {
      type: "summary",
      timeNs: String(now),
      durationNs: String(elapsedNs),
      ...(command && { command }),
      tasks: { seen, failed, alive },
      execs: counters.execs,
      counters: { ...counters, traceLinesDropped: this.#trace?.dropped ?? 0 },
      modules: taskWatchers.list(),
    };
  }

  /** Nobody asked for anything but how the command ends. */
  #endsWatcher(): TaskWatcher {
    return {
      ...PLACE,
      exit: (event, task) => this.#noteEnd(event, task),
    };
  }

  #noteEnd(event: ExitEvent, task: Task): void {
    if (task.ppid === process.pid) this.#ends.set(task.pid, event);
  }

  #watcher(): TaskWatcher {
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment
    const recorder = this;
    const tree = this.#tree;
    const record = (event: TaskEvent, task: Task): void => this.#trace?.event(event, task);
    const tellExit = (event: ExitEvent, task: Task): void => {
      const node = tree.exit(event, task);
      if (node) recorder.#live?.exit(node);
      record(event, task);
    };
    return {
      ...PLACE,
      init(event, task) {
        tree.init(task);
        record(event, task);
      },
      clone: record,
      exec(event, task) {
        const node = tree.exec(event, task);
        if (node) recorder.#live?.exec(node, event.timeNs);
        record(event, task);
      },
      uid(event, task) {
        tree.uid(task);
        record(event, task);
      },
      gid: record,
      exit(event, task) {
        recorder.#noteEnd(event, task);
        if (event.status === undefined || task.ppid !== process.pid) {
          tellExit(event, task);
          return undefined;
        }
        // Whoever waits for it knows, or will in a moment; `free` comes after that.
        return recorder.#commandEnded.then(async (end) => {
          const { completeExit } = await import("./complete-exit.ts");
          tellExit(task.pid === recorder.#rootPid ? completeExit(event, end) : event, task);
        });
      },
      free(event, task) {
        tree.free(task);
        record(event, task);
      },
    };
  }
}

/** Where it stands on the chain: what happened is written down before others make something of it, or nothing, or refuse it. */
const PLACE = { name: "task-watchers run", priority: Number.MAX_SAFE_INTEGER } as const;

/** Whether tasks are shown one by one. */
function isShown({ quiet, live }: RunArguments): boolean {
  return live || !quiet;
}

/** Whether anything is kept of tasks at all. */
function isKept(args: RunArguments): boolean {
  return isShown(args) || args.json !== undefined;
}

/** Has the code compiled that every event runs through, while no program waits to be looked at. */
function warmUp(): void {
  const tree = new TaskTree();
  const task = { id: "0.0", pid: 0, tgid: 0, ppid: 0, startNs: 0n };
  const base = { timeNs: 0n, exe: "", argv: ["sh", "-c", "exit 0"], cwd: "", cgroup: "" };
  for (let i = 0; i < 20; i++) {
    tree.init(task);
    tree.exec({ type: "exec", ...base }, task);
    tree.exit({ type: "exit", timeNs: 0n, code: 0 }, task);
    tree.free(task);
  }
}

function print(text: string): void {
  standardError.write(`${text}\n`);
}

/** Types of the lines that the file itself is made of. */
const OUR_TYPES: ReadonlySet<string> = new Set([
  ...TASK_EVENTS,
  "header",
  "exec-failed",
  "lost",
  "summary",
]);
