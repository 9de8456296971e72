import type { OpenEventSource } from "@task-watchers/tasks";
import { openBpf } from "../open-bpf.ts";
import type { WatchArguments, WatchSource } from "./watch-arguments.ts";

/** Where events will come from. */
export interface ChosenSource {
  readonly kind: WatchSource;
  /** Absent for the connector, which a watch opens by itself. */
  readonly open?: OpenEventSource;
  /** Gives back what was prepared and not used; to be called when the watch has begun or failed to. */
  readonly release: () => void;
}

const CONNECTOR: ChosenSource = { kind: "connector", release: () => {} };

/**
 * BPF for the whole host, where it can be had: it has every program's arguments. For some processes the connector: programs that look at
 * every task of the host are not worth their cost for those.
 *
 * @param note what the user should know of the choice, one line
 * @throws BpfUnavailableError when BPF was asked for and cannot be had
 */
export async function chooseSource(
  args: Pick<WatchArguments, "filter" | "receiveBufferBytes" | "source">,
  note: (text: string) => void,
): Promise<ChosenSource> {
  const { filter, receiveBufferBytes, source } = args;
  const isAsked = source === "bpf";
  const isBest = filter.pid === undefined && receiveBufferBytes === undefined;
  if (source === "connector" || !(isAsked || isBest)) return CONNECTOR;
  try {
    const open = await openBpf(note);
    return { kind: "bpf", open, release: open.close };
  } catch (error) {
    const { BpfUnavailableError } = await import("@task-watchers/bpf/source");
    if (isAsked || !(error instanceof BpfUnavailableError)) throw error;
    const { code, reason, remedy } = error;
    note(
      `listening by the connector, which misses arguments of short programs; not by BPF: ${firstLine(reason)} (${code}); ${remedy}`,
    );
    return CONNECTOR;
  }
}

/** The verifier's words are many lines. */
function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}
