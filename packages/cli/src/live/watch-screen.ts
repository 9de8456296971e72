import type { ProcEvent, TaskProcEvent } from "@task-watchers/proc-events";
import { describeEnd } from "../report/format.ts";
import { describeCommand, hasFailed } from "../report/task-tree.ts";
import { presentCommand } from "../watch/rows.ts";
import type { View } from "../watch/view.ts";
import { executionOf } from "./execution.ts";
import { LiveScreen } from "./live-screen.ts";
import { LiveTasks } from "./live-tasks.ts";
import { canShowScreen } from "./terminal.ts";

export interface WatchScreenOptions {
  /** What is watched. */
  readonly title: string;
  /** Standard output is the trace's. */
  readonly isOutputTaken: boolean;
  /** The user has seen enough. */
  readonly onQuit: () => void;
}

/** `watch --live`: the screen, fed with events; undefined where there is no terminal that could show it. */
export function watchScreen(
  { title, isOutputTaken, onQuit }: WatchScreenOptions,
  env: NodeJS.ProcessEnv,
): View | undefined {
  const output =
    isOutputTaken || !canShowScreen(process.stdout, env) ? process.stderr : process.stdout;
  if (!canShowScreen(output, env)) return undefined;
  const tasks = new LiveTasks();
  const screen = new LiveScreen(output, tasks, { title, ends: "q quit", onQuit });
  return {
    event: (event) => takeEvent(tasks, event),
    ready: turns(),
    note: (text) => screen.note(text),
    close: () => screen.close(),
  };
}

/** Events that wait are told one after another without a pause: keys and pictures get a turn so often, milliseconds. */
const TURN_MS = 50;

function turns(): () => Promise<void> | undefined {
  let lastMs = performance.now();
  return () => {
    if (performance.now() - lastMs < TURN_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        lastMs = performance.now();
        resolve();
      });
    });
  };
}

/** Enters an event of the stream. */
export function takeEvent(tasks: LiveTasks, event: ProcEvent): void {
  switch (event.type) {
    case "lost":
      tasks.missed(event.count);
      return;
    case "fork":
      begin(tasks, event);
      return;
    case "exec":
      begin(tasks, event);
      tasks.executed(event.task, executionOf(event.exec, event.ids));
      return;
    case "uid":
      tasks.changedUser(event.task, event.euid);
      return;
    case "exit":
      begin(tasks, event);
      tasks.ended(event.task, {
        timeNs: event.timeNs,
        durationNs: event.durationNs,
        text: describeEnd(event),
        hasFailed: hasFailed(event),
      });
      return;
    default:
  }
}

/** A filter may have kept a task's beginning from us. */
function begin(tasks: LiveTasks, event: TaskProcEvent): void {
  if (tasks.get(event.task)) return;
  const isFork = event.type === "fork";
  const lived = event.type === "exit" ? (event.durationNs ?? 0n) : 0n;
  const existing = !isFork || event.existing === true;
  const known = isFork && existing ? presentCommand : inherited;
  tasks.began({
    id: event.task,
    pid: event.pid,
    tgid: event.tgid,
    ppid: event.ppid,
    parentId: isFork ? event.parent : undefined,
    startNs: event.timeNs - lived,
    command: event.exec === undefined ? "?" : known(event.exec),
    euid: "ids" in event ? event.ids?.euid : undefined,
    existing,
  });
}

function inherited(exec: Parameters<typeof describeCommand>[0]): string {
  return `(${describeCommand(exec)})`;
}
