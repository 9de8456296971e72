import type { LiveTask, LiveTasks } from "./live-tasks.ts";

/** How long an ended task stays in sight, nanoseconds. */
const LINGERS_NS = 3_000_000_000n;

/** A task at one time. */
export interface SnapshotTask {
  readonly task: LiveTask;
  readonly parent: LiveTask | undefined;
  readonly command: string;
  readonly euid: number | undefined;
  /** Parts of one CPU, and of the time; absent where it was not looked at twice. */
  readonly cpu: number | undefined;
  readonly wait: number | undefined;
  readonly ioBytesPerSecond: number | undefined;
  /** Nanoseconds; of one that ended, how long it lived. */
  readonly ageNs: bigint;
  readonly execs: number;
  readonly isEnded: boolean;
  readonly hasFailed: boolean;
  /** It lives, or ended just now. */
  readonly isCurrent: boolean;
}

/** What a picture is made of: while one is frozen, it stays. */
export interface Snapshot {
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly nowNs: bigint;
  readonly tasks: readonly SnapshotTask[];
  readonly alive: number;
  readonly forks: number;
  readonly failed: number;
  readonly lost: number;
  readonly lostUncounted: number;
  /** Events a second. */
  readonly rates: EventRates;
}

export interface EventRates {
  readonly forks: number;
  readonly execs: number;
  readonly exits: number;
}

export function snapshotOf(tasks: LiveTasks, nowNs: bigint, rates: EventRates): Snapshot {
  return {
    nowNs,
    tasks: Array.from(tasks.all(), (task) => taskAt(task, nowNs)),
    alive: tasks.living.size,
    forks: tasks.forks,
    failed: tasks.failed,
    lost: tasks.lost,
    lostUncounted: tasks.lostUncounted,
    rates,
  };
}

function taskAt(task: LiveTask, nowNs: bigint): SnapshotTask {
  const { end, figures } = task;
  const age = end?.durationNs ?? (end?.timeNs ?? nowNs) - task.startNs;
  const rates = end === undefined ? figures?.rates : undefined;
  return {
    task,
    parent: task.parent,
    command: task.command,
    euid: task.euid,
    cpu: rates?.cpu,
    wait: rates?.wait,
    ioBytesPerSecond: rates?.ioBytesPerSecond,
    ageNs: age > 0n ? age : 0n,
    execs: task.execs,
    isEnded: end !== undefined,
    hasFailed: end?.hasFailed ?? false,
    isCurrent: end === undefined || nowNs - end.timeNs < LINGERS_NS,
  };
}

/** Events a second, taken anew every second. */
export class RateMeter {
  #before: EventRates & { readonly atNs: bigint };
  #rates: EventRates = { forks: 0, execs: 0, exits: 0 };

  constructor(nowNs: bigint) {
    this.#before = { forks: 0, execs: 0, exits: 0, atNs: nowNs };
  }

  read({ forks, execs, exits }: EventRates, nowNs: bigint): EventRates {
    const before = this.#before;
    const seconds = Number(nowNs - before.atNs) / 1e9;
    if (seconds >= 1) {
      this.#rates = {
        forks: (forks - before.forks) / seconds,
        execs: (execs - before.execs) / seconds,
        exits: (exits - before.exits) / seconds,
      };
      this.#before = { forks, execs, exits, atNs: nowNs };
    }
    return this.#rates;
  }
}
