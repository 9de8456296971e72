import { decodeText } from "@task-watchers/linux";
import type { ProcReader } from "@task-watchers/linux/procfs";
import type { SourceFacts } from "@task-watchers/tasks";
import type { ExecParts } from "../events/decode-record.ts";
import { splitArguments } from "../events/split-arguments.ts";
import type { CgroupPaths } from "./cgroup-paths.ts";

/** How complete the facts of execs were; all only grow. */
export interface ExecFactsCounters {
  /** Execs told. */
  execs: number;
  /** Those with all their arguments. */
  argvWhole: number;
  /** Those whose arguments were longer than what is kept. */
  argvCut: number;
  /** Those whose arguments the programs could not give: left to /proc. */
  argvMissing: number;
  /** Those whose executable's path the programs could not give. */
  exeMissing: number;
  /** As much of the working directory's. */
  cwdMissing: number;
}

/** Makes facts of what the program found in the task itself. What it did not find is left to /proc. */
export class ExecFactsMaker {
  readonly #cgroups: CgroupPaths;
  readonly #proc: ProcReader;
  readonly counters: ExecFactsCounters = {
    execs: 0,
    argvWhole: 0,
    argvCut: 0,
    argvMissing: 0,
    exeMissing: 0,
    cwdMissing: 0,
  };

  constructor(cgroups: CgroupPaths, proc: ProcReader) {
    this.#cgroups = cgroups;
    this.#proc = proc;
  }

  make(tgid: number, cgroupId: bigint, parts: ExecParts): SourceFacts {
    const { counters } = this;
    const { argv, argvLength, argvMissing, cwd } = parts;
    counters.execs++;
    const cut = argvLength - argv.byteLength;
    if (argvMissing !== undefined) counters.argvMissing++;
    else if (cut > 0) counters.argvCut++;
    else counters.argvWhole++;
    if (typeof cwd !== "string") counters.cwdMissing++;
    const exe = this.#exe(tgid, parts);
    const cgroup = this.#cgroups.path(cgroupId, tgid);
    return {
      source: "bpf",
      ...(exe !== undefined && { exe }),
      ...(argvMissing === undefined && {
        argv: splitArguments(argv),
        ...(cut > 0 && { argvTruncatedBytes: cut }),
      }),
      ...(typeof cwd === "string" && { cwd }),
      ...(cgroup !== undefined && { cgroup }),
    };
  }

  /** Where the way up was too long, /proc says; of a task that is gone, what the caller named, if that is a whole path. */
  #exe(tgid: number, { exe, file }: ExecParts): SourceFacts["exe"] | undefined {
    if (typeof exe === "string") return exe;
    this.counters.exeMissing++;
    const now = this.#proc.exe(tgid);
    if (typeof now === "string" || file[0] !== SLASH) return now;
    return decodeText(file.subarray(0, -1));
  }
}

const SLASH = 0x2f;
