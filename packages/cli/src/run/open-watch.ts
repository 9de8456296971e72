import { SourceUnavailableError, type TaskWatch, watchTasks } from "@task-watchers/tasks";
import { keepHeapsSmall } from "../small-heaps.ts";
import { openBpf } from "../open-bpf.ts";
import { printable } from "../report/terminal-text.ts";
import type { CommandExecs } from "./command-execs.ts";
import type { Recorder } from "./recorder.ts";
import type { RunArguments } from "./run-arguments.ts";

/**
 * Begins the watch. Where the kernel tells no process events, as in a container, calls of the command's own descent are stopped
 * to learn of them.
 *
 * @throws SourceUnavailableError when neither is to be had; BpfUnavailableError when BPF was asked for and cannot be had
 */
export async function openWatch(
  args: RunArguments,
  recorder: Recorder,
  execs: CommandExecs,
): Promise<TaskWatch> {
  keepHeapsSmall();
  const { threads, receiveBufferBytes } = args;
  const common = {
    threads,
    onLost: (loss) => recorder.lost(loss),
    onLine: (line) => recorder.line(line),
  } satisfies Parameters<typeof watchTasks>[0];
  if (args.execs === "bpf") return await watchByBpf(common, (line) => recorder.note(line));
  try {
    const buffer = receiveBufferBytes === undefined ? {} : { receiveBufferBytes };
    return await watchTasks({ ...common, ...buffer });
  } catch (error) {
    if (!(error instanceof SourceUnavailableError)) throw error;
    const descent = await execs.openDescent();
    if (descent === undefined) throw error;
    recorder.note(`${printable(error.message)}; calls of the command are stopped instead`);
    for (const note of descent.notes) recorder.note(printable(note));
    return await watchTasks({ ...common, events: descent.open });
  }
}

async function watchByBpf(
  common: Parameters<typeof watchTasks>[0],
  note: (line: string) => void,
): Promise<TaskWatch> {
  const open = await openBpf((text) => note(printable(text)));
  try {
    return await watchTasks({ ...common, events: open });
  } finally {
    open.close();
  }
}
