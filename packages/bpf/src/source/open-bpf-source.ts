import { ProcReader } from "@task-watchers/linux/procfs";
import type { EventSink, SourceUnavailableError } from "@task-watchers/tasks";
import { scratchBytes } from "../events/exec-program.ts";
import { type BpfSizes, checkSizes } from "../events/options.ts";
import { kernelLayout, preparePrograms } from "../events/prepared-programs.ts";
import { BpfSource } from "./bpf-source.ts";
import { CgroupPaths } from "./cgroup-paths.ts";
import { ExecFactsMaker } from "./exec-facts.ts";

/** How much memory a source may take, and what to do without a connector. */
export interface BpfSourceOptions extends BpfSizes {
  /**
   * Called when the connector, and with it changes of uids and gids, cannot be had; the source opens without. Absent: that is an
   * error.
   */
  readonly onWithoutIds?: (error: SourceUnavailableError) => void;
  /** Gives up opening. */
  readonly signal?: AbortSignal;
}

/** A source that the kernel has taken: an `OpenEventSource`, for `WatchOptions.events`. */
export interface PreparedBpfSource {
  /**
   * Attaches the programs. To be called once.
   *
   * @throws BpfUnavailableError, or SourceUnavailableError without `onWithoutIds`
   */
  (sink: EventSink): BpfSource;
  /** Gives everything back when no watch was begun with it; after that does nothing. */
  close(): void;
}

/**
 * Loads the programs, so that it is known whether this kernel takes them, and attaches them when a watch begins. Needs what
 * `openBpfEvents` needs; changes of ids and notices also the connector.
 *
 * @throws BpfUnavailableError with nothing left open; TypeError or RangeError for a bad option; the signal's reason
 */
export async function openBpfSource(options: BpfSourceOptions = {}): Promise<PreparedBpfSource> {
  const sizes = checkSizes(options, scratchBytes);
  const { onWithoutIds } = options;
  if (onWithoutIds !== undefined && typeof onWithoutIds !== "function") {
    throw new TypeError(`onWithoutIds must be a function, not ${typeof onWithoutIds}`);
  }
  const layout = kernelLayout(options.signal);
  const { parts, attach } = preparePrograms(layout, sizes);
  let isTaken = false;
  const open = (sink: EventSink): BpfSource => {
    if (isTaken) throw new Error("a BPF source can be opened once; ask for another");
    isTaken = true;
    const proc = new ProcReader();
    const withoutIds =
      onWithoutIds ??
      ((error: SourceUnavailableError): void => {
        throw error;
      });
    try {
      const facts = new ExecFactsMaker(new CgroupPaths(proc), proc);
      const source = new BpfSource({ reader: parts, facts, withoutIds }, sink);
      try {
        attach();
      } catch (error) {
        source.close();
        throw error;
      }
      return source;
    } catch (error) {
      parts.resources.close();
      throw error;
    }
  };
  const close = (): void => {
    if (!isTaken) parts.resources.close();
    isTaken = true;
  };
  return Object.assign(open, { close });
}
