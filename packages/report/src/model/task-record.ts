import type { AnyLine } from "@task-watchers/trace";
import type {
  ModelDelays,
  ModelExec,
  ModelExit,
  ModelFailedExec,
  ModelIds,
  ModelMark,
  ModelSamples,
  ModelTask,
} from "./trace-model.ts";

/** Nothing, for the many tasks that have nothing of a kind: a list of their own for each would be most of the memory. */
const NONE: readonly never[] = Object.freeze([]);

/** A task while its lines are read. */
export class TaskRecord implements ModelTask {
  readonly index: number;
  readonly id: string;
  readonly pid: number;
  readonly tgid: number;
  ppid: number;
  parent = -1;
  /** The parent as the trace names it. */
  parentId: string | undefined;
  startNs: number;
  endNs: number;
  existing = false;
  isStartUnknown = true;
  exit?: ModelExit;
  delays?: ModelDelays;
  samples?: ModelSamples;
  execs: readonly ModelExec[] = NONE;
  failedExecs: readonly ModelFailedExec[] = NONE;
  ids: readonly ModelIds[] = NONE;
  marks: readonly ModelMark[] = NONE;
  audit: readonly AnyLine[] = NONE;

  constructor(
    index: number,
    names: { readonly id: string; readonly pid: number; readonly tgid: number; ppid: number },
    timeNs: number,
  ) {
    this.index = index;
    this.id = names.id;
    this.pid = names.pid;
    this.tgid = names.tgid;
    this.ppid = names.ppid;
    this.startNs = timeNs;
    this.endNs = Number.NaN;
  }
}

/** A list with one more at its end; the shared empty one is left as it is. */
export function added<T>(list: readonly T[], item: T): readonly T[] {
  if (list.length === 0) return [item];
  (list as T[]).push(item);
  return list;
}
