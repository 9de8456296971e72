import type { ExecFailedNotice } from "@task-watchers/chain";

/** Of a task's execs, how many are remembered that may still turn out not to have happened: one a thread, and few threads exec. */
const REMEMBERED = 16;

interface Program {
  /** Of the exec event. */
  readonly timeNs: bigint;
  command: string;
}

/** What a task ran last, and before, should its last exec not have happened. */
export class RecentPrograms {
  readonly #programs: Program[];

  /** @param command before its first exec */
  constructor(command: string) {
    this.#programs = [{ timeNs: -1n, command }];
  }

  get command(): string {
    return this.#programs.at(-1)?.command ?? "";
  }

  /** More is known of the last one now. */
  set command(command: string) {
    const last = this.#programs.at(-1);
    if (last) last.command = command;
  }

  /** An exec was told. */
  add(timeNs: bigint, command: string): void {
    this.#programs.push({ timeNs, command });
    if (this.#programs.length > REMEMBERED) this.#programs.shift();
  }

  /**
   * One did not happen.
   *
   * @returns whether the task has made none since: where several threads exec at once, one wins, and what the others wanted says nothing
   *   of what runs
   */
  failed({ timeNs, raised }: ExecFailedNotice): boolean {
    if (raised && this.#programs.length > 1) {
      const at = this.#programs.findIndex((program) => program.timeNs === timeNs);
      if (at >= 0) this.#programs.splice(at, 1);
    }
    return timeNs >= (this.#programs.at(-1)?.timeNs ?? -1n);
  }
}
