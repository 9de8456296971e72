import { taskWatchers } from "@task-watchers/chain";
import type { TaskWatch } from "@task-watchers/tasks";
import { Command, type CommandEnd, exitStatus, wasInterrupted } from "./child.ts";
import { CommandError } from "./command-error.ts";
import type { CommandExecs } from "./command-execs.ts";
import type { RunScreen } from "../live/run-screen.ts";
import { count } from "../report/format.ts";
import type { BegunWatchers } from "../watchers/begin-watchers.ts";
import { standardError } from "../standard-error.ts";
import type { NodePerfMaps } from "./node-perf-maps.ts";
import { openWatch } from "./open-watch.ts";
import { Recorder } from "./recorder.ts";
import type { RunArguments } from "./run-arguments.ts";

/** How long the command's own exit event may take to arrive after its parent has been told, milliseconds. */
const LAST_EVENT_MS = 500;
/** How often the user is told what is being waited for, milliseconds. */
const WAITING_MS = 3000;
/** Of these, how many are kept to oneself after each one that is told. */
const NOTE_EVERY = 5;

/**
 * Runs the command under watch; resolves with the exit status.
 *
 * @throws as `run`
 */
export async function runWatched(args: RunArguments, execs: CommandExecs): Promise<number> {
  // A screen shows what the lines would.
  const isOnScreen = await hasScreen(args);
  const recorder = new Recorder(isOnScreen ? { ...args, live: false } : args);
  execs.tellTo(recorder);
  await using watchers = await watchersFor(args);
  const registrations = [taskWatchers.chain.register(recorder.watcher)];
  if (!args.deny.isEmpty) {
    const { denyWatcher } = await import("./deny-watcher.ts");
    registrations.push(taskWatchers.chain.register(denyWatcher(args.deny)));
  }
  let watch: TaskWatch | undefined;
  try {
    watch = await openWatch(args, recorder, execs);
    watchers?.check();
    const isStopping = await execs.ready();
    watch.listen({ execFailed: (notice, task) => recorder.execFailed(notice, task) });
    const { connector, source } = watch.counters();
    await recorder.begin({
      scope: "followed",
      command: args.command,
      receiveBufferBytes: connector?.receiveBufferBytes,
      kind: source?.name ?? "connector",
      execs: isStopping ? "stop" : args.execs === "bpf" ? "bpf" : "proc",
    });
    const end = await watchCommand(args, watch, recorder, execs);
    await watchers?.finish();
    await recorder.finish(watch.counters(), end);
    return exitStatus(end);
  } catch (error) {
    await watch?.close();
    await recorder.abort(watch?.counters());
    throw error;
  } finally {
    // Resolves when no watcher is at work any more, which may be never.
    for (const registration of registrations) void registration.unregister();
  }
}

async function watchCommand(
  args: RunArguments,
  watch: TaskWatch,
  recorder: Recorder,
  execs: CommandExecs,
): Promise<CommandEnd> {
  const hurry = new AbortController();
  const command = new Command(() => hurry.abort());
  const maps = await perfMapsFor(args);
  const start = execs.starter(watch, (pid) => recorder.started(pid));
  const stdout = args.json === "-" ? 2 : 1;
  const screen = await screenFor(args, stdout, watch);
  try {
    let end: CommandEnd = {};
    try {
      end = await command.run(args.command, { stdio: screen?.stdio ?? [0, stdout, 2] }, start);
    } catch (error) {
      throw commandError(args.command, error);
    } finally {
      recorder.ended(end);
    }
    const isPatient = args.wait && !hurry.signal.aborted && !wasInterrupted(end);
    if (isPatient) await waitForDescent(watch, recorder, hurry.signal);
    else await Promise.race([watch.whenIdle(), delay(LAST_EVENT_MS)]);
    await execs.close();
    await watch.close();
    return recorder.commandEnd() ?? end;
  } finally {
    screen?.close();
    command.release();
    maps?.clear();
  }
}

/** Undefined where none was asked for. What not every run has is loaded only then: the command waits for it. */
async function watchersFor({ watchers, quiet }: RunArguments): Promise<BegunWatchers | undefined> {
  if (watchers.names.length === 0) return undefined;
  const { beginWatchers } = await import("../watchers/begin-watchers.ts");
  return await beginWatchers(watchers, { kind: "descent" }, (line) => {
    if (!quiet) standardError.write(`${line}\n`);
  });
}

async function perfMapsFor({ nodePerfMaps }: RunArguments): Promise<NodePerfMaps | undefined> {
  if (!nodePerfMaps) return undefined;
  const { NodePerfMaps } = await import("./node-perf-maps.ts");
  const maps = new NodePerfMaps();
  maps.ask();
  return maps;
}

/** Whether a full screen was asked for, and can be had. */
async function hasScreen({ live }: RunArguments): Promise<boolean> {
  if (!live) return false;
  const { hasRunScreen } = await import("../live/terminal.ts");
  return hasRunScreen(process.env);
}

async function screenFor(
  args: RunArguments,
  stdout: number,
  watch: TaskWatch,
): Promise<RunScreen | undefined> {
  if (!(await hasScreen(args))) return undefined;
  const { RunScreen } = await import("../live/run-screen.ts");
  return new RunScreen(args.command, stdout, watch);
}

/** A refusal to start, in the user's terms; any other error as it is. */
function commandError([name = ""]: readonly string[], error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  return new CommandError(name, String(error.code), { cause: error });
}

/** Waits for what the command left running, and says so when it takes a while. */
async function waitForDescent(
  watch: TaskWatch,
  recorder: Recorder,
  hurry: AbortSignal,
): Promise<void> {
  const enough = new AbortController();
  let rounds = 0;
  const timer = setInterval(() => {
    if (watch.size > 0) {
      const pids = [...watch.tasks()].slice(0, 5).map((task) => task.pid);
      const tasks = count(watch.size, "task");
      const end = "Ctrl-C ends the wait";
      if (rounds++ % NOTE_EVERY === 0) {
        recorder.note(
          `the command has ended; waiting for ${tasks} it left (pid ${pids.join(", ")}); ${end}`,
        );
      }
      return;
    }
    recorder.note(`giving up on watchers still at work on ${count(watch.busy, "task")} that ended`);
    enough.abort();
  }, WAITING_MS);
  const signal = AbortSignal.any([hurry, enough.signal]);
  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([watch.whenIdle(), ended]);
  clearInterval(timer);
}

async function delay(ms: number): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, ms));
}
