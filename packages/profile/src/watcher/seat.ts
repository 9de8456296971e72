import type { Task } from "@task-watchers/chain";
import type { Program } from "../space/process.ts";
import { commandOf, UNKNOWN_COMMAND } from "./command.ts";
import { Tally } from "./tally.ts";

/** A start may be told one tick late, and the fork's own record a moment before: nanoseconds. */
const START_SLACK_NS = 20_000_000n;

/** A task that is watched, and its samples so far. */
export class Seat {
  readonly task: Task;
  readonly tally: Tally = new Tally();
  /** What it ran when it was told of first: its own program, or its parent's. */
  readonly #first: string | undefined;
  /** Numbers of its entries in the profile, one for each command. */
  readonly entries: Map<string, number> = new Map<string, number>();
  /** What its youngest sample was in. */
  command: string | undefined;

  constructor(task: Task) {
    this.task = task;
    this.#first = commandOf(task.exec);
  }

  /** Samples before are another task's, that had its pid. CLOCK_MONOTONIC, nanoseconds. */
  get sinceNs(): bigint {
    return this.task.startNs - START_SLACK_NS;
  }

  /** Whether it stands for its process with all threads that have no task of their own. */
  get isProcess(): boolean {
    return this.task.pid === this.task.tgid;
  }

  /** What a program of its process is called. */
  commandOf(program: Program): string {
    if (program.command !== undefined) return program.command;
    const isFirst = program.startNs <= this.task.startNs;
    const known = isFirst ? (this.#first ?? program.comm) : program.comm;
    return known ?? commandOf(this.task.exec) ?? UNKNOWN_COMMAND;
  }
}
