import type { FileDescriptor } from "@task-watchers/linux";
import { openSharedValue } from "../load/maps.ts";
import { attachProgram, loadProgram } from "../load/program.ts";
import { Resources } from "../load/resources.ts";
import { Assembler } from "../program/assembler.ts";
import type { KernelLayout } from "./kernel-layout.ts";

/** How often each tracepoint was passed since it was counted. */
export interface TracepointCounts {
  readonly fork: number;
  readonly exec: number;
  readonly exit: number;
}

/** Counts what the kernel's tracepoints are passed, and nothing else: to hold a listener against. */
export class TracepointCounter {
  readonly #resources = new Resources();
  readonly #words: BigUint64Array;

  constructor({ attachTo }: KernelLayout) {
    const { fd, words } = openSharedValue(this.#resources, 24);
    this.#words = words;
    const to = [attachTo.task_newtask, attachTo.sched_process_exec, attachTo.sched_process_exit];
    const programs = to.map((id, i) => this.#load(id, fd, i * 8));
    for (const program of programs) this.#resources.add(attachProgram("count", program));
  }

  get counts(): TracepointCounts {
    const [fork = 0, exec = 0, exit = 0] = [0, 1, 2].map((i) =>
      Number(Atomics.load(this.#words, i)),
    );
    return { fork, exec, exit };
  }

  close(): void {
    this.#resources.close();
  }

  #load(attachTo: number, state: FileDescriptor, offset: number): FileDescriptor {
    const a = new Assembler();
    a.loadMapValue(1, state.number, offset);
    a.mov(2, 1);
    a.atomicAdd({ base: 1, offset: 0 }, 2);
    a.mov(0, 0);
    a.exit();
    const source = { name: "count", instructions: a.assemble(), attachTo };
    return this.#resources.add(loadProgram(source));
  }
}
