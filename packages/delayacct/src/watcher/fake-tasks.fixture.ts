import type { ExitEvent, Task } from "@task-watchers/chain";
import type { Arrival } from "./arrival.ts";
import type { Figures } from "./figures.ts";
import type { Beginning } from "./seat.ts";

/** A second, nanoseconds. */
export const S = 1_000_000_000n;
/** A millisecond, nanoseconds. */
export const MS = 1_000_000n;

/** A process that began at a time. */
export function fakeTask(pid: number, startNs: bigint, parent?: Task): Task {
  const ppid = parent?.pid ?? 1;
  return { id: `${pid}.${startNs / (10n * MS)}`, pid, tgid: pid, ppid, parent, startNs };
}

/** A task's end at a time. */
export function exitAt(timeNs: bigint): ExitEvent {
  return { type: "exit", timeNs, code: 0 };
}

/** A record by hand. */
export interface FakeRecord {
  readonly pid: number;
  readonly tgid?: number;
  readonly isLast?: boolean;
  readonly elapsedNs: bigint;
  /** Not given by older kernels. */
  readonly processElapsedNs?: bigint;
  /** When its queue was empty last (default: 5 ms before). */
  readonly madeFromNs?: bigint;
  readonly arrivedNs: bigint;
  readonly figures?: Figures;
  readonly group?: Figures;
  readonly isDelayed?: boolean;
}

/** A record as the join takes it. A process's only one, when nothing else is said. */
export function fakeArrival(record: FakeRecord): Arrival {
  const { pid, tgid = pid, isLast = true, elapsedNs, arrivedNs, group, isDelayed = true } = record;
  const figures = { wallNs: elapsedNs, ...record.figures };
  const { madeFromNs = arrivedNs - 5n * MS, processElapsedNs } = record;
  return {
    comm: "test",
    ...{ pid, tgid, isLast, elapsedNs, arrivedNs },
    ...{ madeFromNs, madeToNs: arrivedNs },
    ...(processElapsedNs !== undefined && { processElapsedNs }),
    hasGroup: group !== undefined,
    own: () => ({ figures, isDelayed }),
    group: () => (group === undefined ? undefined : { figures: group, isDelayed }),
  };
}

/** How most tasks begin. */
export const FORKED: Beginning = { existing: false, isExact: true };
