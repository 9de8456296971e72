import type { MapRecord } from "@task-watchers/perf";
import { AddressSpace } from "./address-space.ts";

/** A program as a process ran it: from an exec to the next, and in what was forked meanwhile. */
export interface Program {
  /** CLOCK_MONOTONIC, nanoseconds: the exec; 0 when it was before all that is known. */
  readonly startNs: bigint;
  /** Its name by the kernel, at most 15 bytes; any text at all. Undefined when it was not told. */
  readonly comm: string | undefined;
  /** What people call it, once somebody knows. */
  command: string | undefined;
}

/** Programs remembered of one process that runs one after the other. */
const MOST_PROGRAMS = 64;

/** A process, from its fork to its end. */
export class SampledProcess {
  readonly tgid: number;
  /** CLOCK_MONOTONIC, nanoseconds: its fork, or when it was heard of first. */
  readonly startNs: bigint;
  space: AddressSpace;
  /** What was mapped after all that is in `space`, and is put there when somebody asks. */
  mapped: MapRecord[] = [];
  /** Its mappings are known since their beginning; else they have to be looked up. */
  isComplete: boolean;
  /** Number of the last loss of records that its mappings were looked up after. */
  trustedTo = 0;
  /** Its first thread has ended. */
  hasExited = false;
  readonly #programs: Program[];
  /** What it is about to run. */
  #announced: string | undefined;

  constructor(
    tgid: number,
    startNs: bigint,
    from?: { readonly space: AddressSpace; readonly program: Program },
  ) {
    this.tgid = tgid;
    this.startNs = startNs;
    this.space = from?.space ?? new AddressSpace();
    this.isComplete = from !== undefined;
    this.#programs = [from?.program ?? { startNs: 0n, comm: undefined, command: undefined }];
  }

  /** The one it runs. */
  get program(): Program {
    return this.programAt(undefined);
  }

  /** The one it ran. @param timeNs CLOCK_MONOTONIC, nanoseconds (default: now) */
  programAt(timeNs: bigint | undefined): Program {
    const programs = this.#programs;
    const found = programs.findLast(({ startNs }) => timeNs === undefined || startNs <= timeNs);
    const program = found ?? programs[0];
    if (program === undefined) throw new Error("a process has a program");
    return program;
  }

  /**
   * Somebody else tells what it has run.
   *
   * @param timeNs CLOCK_MONOTONIC, nanoseconds: after the exec, and before the next
   */
  nameProgram(command: string, timeNs: bigint): void {
    const program = this.programAt(timeNs);
    if (program.startNs >= this.startNs && program.command === undefined) {
      program.command = command;
      return;
    }
    // The record of this exec was lost; what is there is the program before, perhaps the parent's.
    this.#remember({ startNs: timeNs, comm: undefined, command });
  }

  /** Somebody else tells what it is about to run: where execs are stopped that is known before the record of the exec. */
  announceProgram(command: string): void {
    this.#announced = command;
  }

  /** All that was mapped is gone, and what comes is told. */
  exec(timeNs: bigint, comm: string): void {
    this.space = new AddressSpace();
    this.mapped = [];
    this.isComplete = true;
    this.#remember({ startNs: timeNs, comm, command: this.#announced });
    this.#announced = undefined;
  }

  #remember(program: Program): void {
    this.#programs.push(program);
    if (this.#programs.length > MOST_PROGRAMS) this.#programs.shift();
  }
}
