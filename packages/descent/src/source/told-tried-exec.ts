import { type EventSink, PROC_EVENT_EXEC } from "@task-watchers/tasks";
import type { StoppedExec } from "../tasks/stopped-exec.ts";
import type { Told } from "./told.ts";

/** How long is waited for what became of an exec, nanoseconds. */
const PATIENCE_NS = 2_000_000_000n;

/** What it takes to tell of it. */
export interface TriedExecParts {
  /** Where the program really is, when it is to be seen. */
  readonly exe: () => string | undefined;
  /** Called when its outcome was not found out in time: it is told as one that ran. */
  readonly guessed: () => void;
}

/** Where no record tells that an exec succeeded: it is held until its outcome is found out. */
export class ToldTriedExec implements Told {
  readonly #tgid: number;
  readonly #stopped: StoppedExec;
  readonly #of: TriedExecParts;
  #hasRun: boolean | undefined;
  #path: string | undefined;

  constructor(tgid: number, stopped: StoppedExec, of: TriedExecParts) {
    this.#tgid = tgid;
    this.#stopped = stopped;
    this.#of = of;
  }

  /** What became of it is known, or guessed. */
  settle(hasRun: boolean): void {
    this.#hasRun ??= hasRun;
    if (this.#hasRun) this.#path = this.#of.exe();
  }

  ready(nowNs: bigint): boolean {
    return this.#hasRun !== undefined || nowNs - this.#stopped.call.timeNs > PATIENCE_NS;
  }

  tell(sink: EventSink): void {
    if (this.#hasRun === false) return;
    if (this.#hasRun === undefined) this.#of.guessed();
    const { facts, call } = this.#stopped;
    sink.facts(this.#tgid, this.#path === undefined ? facts : { ...facts, exe: this.#path });
    sink.event(PROC_EVENT_EXEC, this.#tgid, this.#tgid, 0, 0, call.timeNs, 0, 0);
  }
}
