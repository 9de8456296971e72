import { Counts } from "./counts.ts";
import { FileFrames } from "./file-frames.ts";
import { FrameCache } from "./frame-cache.ts";
import type { JitProcess, Symbolizer } from "./frame.ts";
import { JitFrames } from "./jit-frames.ts";
import { KernelFrames } from "./kernel-frames.ts";
import { readVdsoFunctions } from "./vdso-functions.ts";

/** How symbols are looked for. */
export interface SymbolizerOptions {
  /** Where the kernel tells its symbols (default `/proc/kallsyms`). */
  readonly kallsyms?: string;
}

/**
 * Turns places into functions. Files are read when first asked for, synchronously, and once; one of 100,000 functions takes
 * some 200 ms. Equal frames of one file are the same object.
 *
 * Other users' processes and files need CAP_SYS_PTRACE (the way through `/proc/PID/root`), the kernel's symbols CAP_SYSLOG or
 * kernel.kptr_restrict = 0 with kernel.perf_event_paranoid ≤ 1. What is missing is counted, and said in `notes`.
 */
export function createSymbolizer(options: SymbolizerOptions = {}): Symbolizer {
  const counters = new Counts();
  const files = new FileFrames(counters);
  const kernel = new KernelFrames(counters, options.kallsyms);
  const jit = new JitFrames(counters);
  let vdso: FrameCache | undefined;
  return {
    counters,
    inFile: (file, offset) => files.frame(file, offset),
    inKernel: (address) => kernel.frame(address),
    inVdso(offset) {
      vdso ??= new FrameCache("[vdso]", "vdso", readVdsoFunctions());
      return vdso.frame(offset);
    },
    inJit: (process, address) => jit.frame(process, address),
    holdJitMap(process: JitProcess) {
      jit.hold(process);
    },
    readJitMap(process: JitProcess) {
      jit.read(process);
    },
    forget(tgid) {
      jit.forget(tgid);
    },
    close() {
      jit.close();
    },
  };
}
