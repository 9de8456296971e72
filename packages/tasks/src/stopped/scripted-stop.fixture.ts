import type { ExecFailedNotice, TaskEvent } from "@task-watchers/chain";
import { ProcReader } from "@task-watchers/linux/procfs";
import { BootTime } from "../table/boot-time.ts";
import { Delivery } from "../table/delivery.ts";
import { ExecFactsReader } from "../table/exec-facts.ts";
import { AllTasks } from "../table/scope.ts";
import { TaskTable } from "../table/task-table.ts";
import type { TrackedTask } from "../table/tracked-task.ts";
import { ExecsToStop } from "../watch/execs-to-stop.ts";
import type { StoppedExec } from "./stopped-exec.ts";

const FORK = 1;
const EXEC = 2;
const EXIT = 0x80000000;
const MS = 1_000_000n;

type Answer = number | PromiseLike<number>;

/** A watch whose events and stops are played by a test. Process 5 is there from the start; times are milliseconds. */
export class ScriptedStop {
  /** What was told, such as `"exec 5 /bin/true"`, `"failed 5 /bin/true ENOENT"`. */
  readonly story: string[] = [];
  readonly notices: ExecFailedNotice[] = [];
  readonly events: TaskEvent[] = [];
  /** What the chain answers to the next events of a kind; 0 when there is nothing left. */
  readonly answers: Partial<Record<TaskEvent["type"], Answer[]>> = {};
  /** Events that wait in the kernel. */
  readonly queued: Array<() => void> = [];
  /** What watchers saw the task run, at each exit. */
  readonly ranAtExit: unknown[] = [];
  confirms = true;
  isHeard = true;
  readonly facts = new ExecFactsReader(new ProcReader("/nonexistent"));
  readonly table: TaskTable;
  readonly toStop: ExecsToStop;

  constructor() {
    const boot = new BootTime();
    this.toStop = new ExecsToStop({
      table: () => this.table,
      boot,
      confirms: () => this.confirms,
      drain: () => {
        for (const event of this.queued.splice(0)) event();
      },
      isHeard: () => this.isHeard,
      hurry: () => {},
      found: (task) => void this.story.push(`found ${task.pid}`),
      failed: (notice, task) => {
        this.notices.push(notice);
        const path = typeof notice.path === "string" ? notice.path : "?";
        this.story.push(`failed ${task.pid} ${path} ${notice.code ?? "?"}`);
      },
      lastCalled: () => "guardian",
    });
    this.table = new TaskTable({
      scope: new AllTasks(),
      delivery: new Delivery(
        (event, task) => this.#raise(event, task),
        () => {},
        () => {},
      ),
      facts: this.facts,
      boot,
      threads: false,
      idsOf: () => undefined,
      existing: () => {},
      stopped: this.toStop,
    });
    this.fork(5, 1);
    this.story.length = 0;
  }

  fork(pid: number, ms: number): void {
    this.table.apply(FORK, pid, pid, 1, 1, BigInt(ms) * MS);
  }

  /** The kernel's own event. */
  exec(ms: number, tgid = 5): void {
    this.table.apply(EXEC, tgid, tgid, 0, 0, BigInt(ms) * MS);
  }

  exit(ms: number, pid = 5): void {
    this.table.apply(EXIT, pid, pid, 0, 1, BigInt(ms) * MS);
  }

  /** A call that stands still. */
  call(path: string, ms: number, pid = 5, tgid = pid): StoppedExec {
    return {
      pid,
      timeNs: BigInt(ms) * MS,
      argv: [path, "-x"],
      argvTruncatedBytes: 0,
      file: path,
      cwd: "/",
      cgroup: "/",
      task: { tgid, ppid: 1, startTicks: 0 },
    };
  }

  get program(): unknown {
    return this.table.process(5)?.exec?.exe;
  }

  #raise(event: TaskEvent, task: TrackedTask): Answer {
    this.events.push(event);
    this.story.push(
      event.type === "exec" ? `exec ${task.pid} ${what(event.exe)}` : `${event.type} ${task.pid}`,
    );
    if (event.type === "exit") this.ranAtExit.push(task.exec?.exe);
    return this.answers[event.type]?.shift() ?? 0;
  }
}

function what(fact: unknown): string {
  return typeof fact === "string" ? fact : "?";
}
