import type { BpfEvents } from "./bpf-events.ts";
import { scratchBytes } from "./exec-program.ts";
import { type BpfEventsOptions, checkOptions } from "./options.ts";
import { kernelLayout } from "./prepared-programs.ts";
import { startPrograms } from "./start-programs.ts";

/**
 * Listens to every fork, exec and exit on the host, by small BPF programs at the kernel's own tracepoints. Events
 * are told from the moment it resolves. Needs CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN), Linux 5.8 with its type
 * information (CONFIG_DEBUG_INFO_BTF), and the host's own pid namespace. Nothing stays behind after `close`, or the end of
 * the process.
 *
 * @throws BpfUnavailableError with nothing left open; TypeError or RangeError for a bad option; the signal's reason
 */
export async function openBpfEvents(options: BpfEventsOptions): Promise<BpfEvents> {
  const sizes = checkOptions(options, scratchBytes);
  const layout = kernelLayout(options.signal);
  return startPrograms(layout, options, sizes);
}
