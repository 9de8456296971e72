import { hostname } from "node:os";
import { taskWatchers } from "@task-watchers/chain";
import { clockOffsets, monotonicNs } from "@task-watchers/linux/clock";
import { toLine } from "@task-watchers/proc-events";
import type { AnyLine } from "@task-watchers/trace";
import { watchScreen } from "../live/watch-screen.ts";
import { count } from "../report/format.ts";
import { moduleLines } from "../report/print-modules.ts";
import { asUsage } from "../arguments.ts";
import { requireProc } from "../require-proc.ts";
import { lossLine } from "../report/print-losses.ts";
import { type Style, styleFor } from "../report/style.ts";
import { standardError } from "../standard-error.ts";
import { TraceFile } from "../trace/trace-file.ts";
import { beginWatchers } from "../watchers/begin-watchers.ts";
import { WatcherTrouble } from "../watchers/watcher-trouble.ts";
import { Lines } from "./lines.ts";
import { type EventSource, localSource, relaySource } from "./source.ts";
import { Stop } from "../stop.ts";
import { lostInWords, watchSummary } from "./summary.ts";
import { Table } from "./table.ts";
import { Tally } from "./tally.ts";
import type { View } from "./view.ts";
import type { WatchArguments } from "./watch-arguments.ts";

/** Exit status when the trace, or another file that was asked for, could not be written to its end. */
const INCOMPLETE = 1;

/**
 * `task-watchers watch`: resolves with the exit status.
 *
 * @throws SourceUnavailableError, UsageError, the relay's refusal, or the error of open(2)
 */
export async function watch(args: WatchArguments): Promise<number> {
  if (args.connect === undefined) requireProc();
  const { pid } = args.filter;
  const pids = pid === undefined ? undefined : [pid].flat();
  await using watchers = await beginWatchers(
    args.watchers,
    pids === undefined ? { kind: "host" } : { kind: "pids", pids },
    (line) => standardError.write(`${line}\n`),
  );
  const stop = new Stop(args.forMs);
  const tally = new Tally();
  const style = styleFor(standardError, process.env);
  const early: AnyLine[] = [];
  let trace: TraceFile | undefined;
  let view: View | undefined;
  const trouble = new WatcherTrouble((line) => say(style.red(line), view));
  const onLine = (line: AnyLine): void => (trace ? trace.write(line) : void early.push(line));
  const source = await asUsage(async () =>
    args.connect === undefined
      ? await localSource(args, { line: onLine, note: (text) => say(text, view) })
      : await relaySource(args.connect, args),
  );
  const beginNs = monotonicNs();
  try {
    trouble.sayWhatFailed();
    watchers.check();
    if (args.json !== undefined) {
      trace = new TraceFile(args.json, args.json === "-" ? stop.ask : undefined);
    }
    for (const line of [source.header, ...early]) trace?.write(line);
    view = viewOf(args, tally, source, stop);
    stop.whenAsked(() => void source.stop());
    await show(source, { tally, view, trace, stop });
  } finally {
    view?.close();
    stop.release();
    await source.stop();
  }
  const elapsedNs = monotonicNs() - beginNs;
  trace?.write(summaryLine(tally, source, elapsedNs, trace));
  await trace?.end();
  trouble.close();
  const isWritten = await watchers.finish();
  if (trace?.gone) say(style.red(`the trace is incomplete: ${trace.gone}`));
  const options = { style, columns: standardError.columns, elapsedNs };
  const losses = {
    style,
    traceLinesDropped: trace?.dropped ?? 0,
    watcherErrors: trouble.errors,
    unread: source.unread(),
  };
  const counters = source.counters();
  const lost = counters ? lossLine(counters, losses) : lostInWords(tally, source);
  const unshown = view?.dropped ?? 0;
  const inTraceOnly = `${count(unshown, "event")} not shown: nobody read the lines in time; the trace has them`;
  const modules = moduleLines(style, standardError.columns);
  const summary = [...modules, ...watchSummary(tally, options), lost];
  if (unshown > 0) summary.push(style.red(inTraceOnly));
  standardError.write(`${summary.join("\n")}\n`);
  // A reader of standard output that has had enough is no failure.
  const isCut = trace?.gone !== undefined && !(args.json === "-" && trace.gone === "EPIPE");
  return isCut || !isWritten ? INCOMPLETE : 0;
}

interface Shown {
  readonly tally: Tally;
  readonly view: View | undefined;
  readonly trace: TraceFile | undefined;
  readonly stop: Stop;
}

async function show(source: EventSource, { tally, view, trace, stop }: Shown): Promise<void> {
  for await (const event of source.events) {
    tally.take(event);
    trace?.write(toLine(event, { withExec: true }));
    if (view === undefined) continue;
    view.event(event);
    const ready = view.ready();
    // Whoever asks us to end need not wait for a reader who has stopped.
    if (ready !== undefined && !(await stop.beats(ready))) return;
  }
}

function viewOf(
  args: WatchArguments,
  tally: Tally,
  source: EventSource,
  stop: Stop,
): View | undefined {
  const title = `${hostname()}: ${source.title}`;
  const isOutputTaken = args.json === "-";
  if (args.live && !args.lines) {
    const screen = watchScreen({ title, isOutputTaken, onQuit: stop.ask }, process.env);
    if (screen) return screen;
  }
  if (args.quiet || isOutputTaken) return undefined;
  const { stdout } = process;
  const style: Style = styleFor(stdout, process.env);
  if (stdout.isTTY && !args.lines && process.env["TERM"] !== "dumb") {
    stdout.on("error", stop.ask);
    return new Table(stdout, style, tally, title, source.alive);
  }
  return new Lines(stdout, style, {
    realtimeNs: clockOffsets().realtimeNs,
    existing: args.filter.pid !== undefined,
    mayDrop: args.json !== undefined,
    onGone: stop.ask,
  });
}

function say(line: string, view?: View): void {
  if (view) view.note(line);
  else standardError.write(`${line}\n`);
}

function summaryLine(
  tally: Tally,
  source: EventSource,
  elapsedNs: bigint,
  trace: TraceFile,
): AnyLine {
  const alive = source.alive();
  return {
    type: "summary",
    timeNs: String(monotonicNs()),
    durationNs: String(elapsedNs),
    tasks: {
      seen: tally.kinds.get("fork") ?? 0,
      failed: tally.failed,
      ...(alive !== undefined && { alive }),
    },
    events: Object.fromEntries(tally.kinds),
    counters: {
      ...source.counters(),
      lost: Object.fromEntries(tally.lost),
      lostUncounted: Math.max(tally.uncounted, source.uncounted()),
      unread: source.unread(),
      traceLinesDropped: trace.dropped,
    },
    modules: taskWatchers.list(),
  };
}
