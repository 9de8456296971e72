import { readFile } from "node:fs/promises";
import { Btf } from "../btf/btf.ts";
import { explained, noTypes } from "../load/explain.ts";
import { inFirstPidNamespace } from "../load/host.ts";
import { BpfUnavailableError } from "../load/unavailable-error.ts";
import type { BpfEvents } from "./bpf-events.ts";
import { scratchBytes } from "./exec-program.ts";
import { readKernelLayout } from "./kernel-layout.ts";
import { type BpfEventsOptions, checkOptions } from "./options.ts";
import { startPrograms } from "./start-programs.ts";

const TYPES = "/sys/kernel/btf/vmlinux";

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
  const { signal } = options;
  signal?.throwIfAborted();
  if (!inFirstPidNamespace()) {
    throw new BpfUnavailableError(
      "EPIDNS",
      "this process is in another pid namespace than the host's first, and would be told ids that mean nothing here",
      "run in the host's own pid namespace (for a container: --pid=host)",
    );
  }
  const types = await readFile(TYPES).catch((error: unknown) => {
    throw noTypes(error);
  });
  signal?.throwIfAborted();
  const layout = explained("types", () => readKernelLayout(new Btf(types)));
  return startPrograms(layout, options, sizes);
}
