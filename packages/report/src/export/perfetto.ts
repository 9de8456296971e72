import { commandLine } from "../model/command.ts";
import type { ModelTask, TraceModel } from "../model/trace-model.ts";
import { concurrencyOf, lossesOf } from "./counters.ts";
import { endText } from "./ends.ts";
import { type Export, Pieces } from "./export.ts";
import { GROUP, micros, traceEvent, trackNumbers } from "./perfetto-events.ts";
import { familyOf, inTreeOrder, programNames } from "./task-order.ts";
import { cut, visibleText } from "./visible-text.ts";

/** Characters of a command line that are written. */
const COMMAND_CHARACTERS = 4000;

/**
 * Trace events (JSON) for ui.perfetto.dev and chrome://tracing: a track a task in the order of the tree, a slice for its
 * life and one below for each program it ran, an arrow from the fork to the child, instants for what happened to it, and
 * counters of tasks alive and of events lost. Microseconds since the start of the trace, exact to the nanosecond. A track's
 * thread number is the pid; of a pid that was used again, the pid and a multiple of 2^22.
 */
export const writePerfetto: Export = async (model, write) => {
  const pieces = new Pieces(write);
  await pieces.add(
    `{"displayTimeUnit":"ns","otherData":${JSON.stringify(otherData(model))},"traceEvents":[\n`,
  );
  const title = model.header?.command?.join(" ") ?? model.header?.host ?? "trace";
  await pieces.add(
    traceEvent({
      ph: "M",
      name: "process_name",
      args: { name: `tasks of ${cut(visibleText(title), 200)}` },
    }),
  );
  const names = programNames(model).map(visibleText);
  const tracks = trackNumbers(model.tasks);
  let place = 0;
  for (const { task } of inTreeOrder(familyOf(model))) {
    for (const event of taskEvents(model, task, names, tracks, place++)) {
      const full = pieces.add(`,\n${event}`);
      if (full) await full;
    }
  }
  for (const event of counterEvents(model)) {
    const full = pieces.add(`,\n${event}`);
    if (full) await full;
  }
  await pieces.add("\n]}\n");
  await pieces.flush();
};

function otherData({ header, wallClockNs, notes }: TraceModel): object {
  return {
    ...(header && {
      host: visibleText(String(header.host)),
      kernel: visibleText(String(header.kernel)),
    }),
    ...(wallClockNs !== undefined && { startUnixNs: String(wallClockNs) }),
    notes: notes.map(visibleText).join("\n"),
  };
}

function* taskEvents(
  model: TraceModel,
  task: ModelTask,
  names: readonly string[],
  tracks: Float64Array,
  place: number,
): Generator<string> {
  const tid = tracks[task.index] ?? 0;
  const name = names[task.index] ?? "?";
  const { startNs, endNs } = task;
  yield traceEvent({ ph: "M", name: "thread_name", tid, args: { name } });
  yield traceEvent({ ph: "M", name: "thread_sort_index", tid, args: { sort_index: place } });
  const life = { ph: "X", cat: "task", name, tid, startNs, endNs };
  yield traceEvent({ ...life, args: taskArgs(model, task) });
  for (const [i, exec] of task.execs.entries()) {
    const from = Math.min(Math.max(exec.timeNs, startNs), endNs);
    const until = Math.min(Math.max(task.execs[i + 1]?.timeNs ?? endNs, from), endNs);
    const words = exec.argv?.join(" ") ?? exec.exe ?? "?";
    const slice = cut(visibleText(words), 200);
    const args = exec.cwd === undefined ? {} : { cwd: visibleText(exec.cwd) };
    yield traceEvent({
      ph: "X",
      cat: "exec",
      name: slice,
      tid,
      startNs: from,
      endNs: until,
      args,
    });
  }
  const parent = model.tasks[task.parent];
  // An arrow starts in a slice: not before the parent was there, not after it was gone.
  if (parent && startNs >= parent.startNs && startNs <= parent.endNs) {
    const arrow = { cat: "fork", name: "fork", startNs, id: task.index };
    yield traceEvent({ ph: "s", ...arrow, tid: tracks[parent.index] ?? 0 });
    yield traceEvent({ ph: "f", bp: "e", ...arrow, tid });
  }
  for (const [label, timeNs] of instants(task)) {
    yield traceEvent({ ph: "i", s: "t", cat: "mark", name: label, tid, startNs: timeNs });
  }
}

function taskArgs(model: TraceModel, task: ModelTask): Record<string, unknown> {
  const { figures } = task.delays ?? {};
  const ids = task.ids.at(-1);
  return {
    command: cut(visibleText(commandLine(model, task)), COMMAND_CHARACTERS),
    end: endText(task),
    task: visibleText(task.id),
    pid: task.pid,
    ppid: task.ppid,
    ...(ids?.euid !== undefined && { euid: ids.euid }),
    ...figures,
    ...(task.samples && { samples: task.samples.samples, samplesCpuNs: task.samples.cpuNs }),
    ...(task.isStartUnknown && { startUnknown: true }),
  };
}

function* instants(task: ModelTask): Generator<readonly [name: string, timeNs: number]> {
  for (const { type, text, timeNs } of task.marks) {
    yield [cut(visibleText(`${type}: ${text}`), 200), timeNs];
  }
  for (const { euid, timeNs } of task.ids.slice(1)) {
    yield [`ids: effective ${euid ?? "unknown"}`, timeNs];
  }
  for (const { path, argv, code, timeNs } of task.failedExecs) {
    const what = path ?? argv?.[0] ?? "?";
    yield [cut(visibleText(`failed exec: ${what} ${code ?? ""}`), 200), timeNs];
  }
}

function* counterEvents(model: TraceModel): Generator<string> {
  for (const [startNs, tasks] of concurrencyOf(model)) {
    yield traceEvent({ ph: "C", name: "tasks alive", startNs, args: { tasks } });
  }
  for (const [startNs, events] of lossesOf(model)) {
    yield traceEvent({ ph: "C", name: "events lost", startNs, args: { events } });
  }
  for (const { reason, count, untilNs } of model.losses) {
    const name = cut(visibleText(`lost ${count ?? "unknown"} (${reason})`), 200);
    yield `{"ph":"i","s":"g","cat":"lost","name":${JSON.stringify(name)},"pid":${GROUP},"tid":${GROUP},"ts":${micros(untilNs)}}`;
  }
}
