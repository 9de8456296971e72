import type { Counts } from "./counts.ts";
import type { Frame } from "./frame.ts";
import { type KernelFunctions, readKernelFunctions } from "./kernel-symbols.ts";

/** Frames of the kernel; its symbols are read when the first one is asked for. */
export class KernelFrames {
  readonly #counts: Counts;
  readonly #path: string | undefined;
  readonly #frames = new Map<string, Frame>();
  #functions: KernelFunctions | undefined;

  /** @param path of the symbols (default `/proc/kallsyms`) */
  constructor(counts: Counts, path?: string) {
    this.#counts = counts;
    this.#path = path;
  }

  frame(address: bigint): Frame {
    this.#functions ??= this.#read();
    const found = this.#functions.find(address);
    // While its symbols are hidden, so should its addresses be: all of the kernel is one frame then.
    const hidden = { name: "[kernel]", module: "[kernel]" };
    const unknown = { name: `[kernel]+0x${address.toString(16)}`, module: "[kernel]" };
    const { name, module } = found ?? (this.#functions.hidden ? hidden : unknown);
    const key = `${module} ${name}`;
    const known = this.#frames.get(key);
    if (known !== undefined) return known;
    const frame: Frame = { name, module, kind: "kernel", resolved: found !== undefined };
    this.#frames.set(key, frame);
    return frame;
  }

  #read(): KernelFunctions {
    const remedy = "CAP_SYSLOG, or kernel.kptr_restrict=0 and kernel.perf_event_paranoid=1";
    const none: KernelFunctions = { hidden: true, find: () => undefined };
    try {
      const functions = readKernelFunctions(this.#path);
      if (functions.hidden) {
        this.#counts.note(
          `the kernel's functions have no names: it hides their addresses; needs ${remedy}`,
        );
      }
      return functions;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
      this.#counts.note(`the kernel's functions have no names: /proc/kallsyms: ${code}`);
      return none;
    }
  }
}
