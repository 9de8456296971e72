import {
  type ExecFailedNotice,
  type Task,
  TASK_NOTICES,
  type TaskNotice,
  type WatchListener,
  type WatchLoss,
} from "@task-watchers/chain";
import { threadName } from "@task-watchers/linux/thread-name";
import { NOTICE_EVENTS } from "../table/notice.ts";

/** Those who listen to a watch for what is not on the chain. */
export class Listeners {
  readonly #all = new Set<WatchListener>();
  readonly #want: (mask: number) => void;
  #mask = 0;
  #ownName = threadName();

  /** @param want has the kernel send these events, and only these */
  constructor(want: (mask: number) => void) {
    this.#want = want;
  }

  /** Kernel events that somebody wants, as a mask. */
  get mask(): number {
    return this.#mask;
  }

  /** @throws SourceUnavailableError when there is no socket to be had for the notices it wants */
  add(listener: WatchListener): () => void {
    if (this.#all.has(listener)) throw new Error("this listener listens already");
    this.#all.add(listener);
    try {
      this.#update();
    } catch (error) {
      this.#all.delete(listener);
      throw error;
    }
    return () => {
      if (this.#all.delete(listener)) this.#update();
    };
  }

  lost(loss: WatchLoss): void {
    for (const listener of this.#all) guarded(() => listener.lost?.(loss));
  }

  notice(notice: TaskNotice, task: Task): void {
    if (notice.type === "comm" && notice.pid === process.pid) {
      // The sign of life that the connector asks of itself: to the name it has already.
      if (notice.comm === this.#ownName) return;
      this.#ownName = notice.comm;
    }
    for (const listener of this.#all) guarded(() => tell(listener, notice, task));
  }

  execFailed(notice: ExecFailedNotice, task: Task): void {
    for (const listener of this.#all) guarded(() => listener.execFailed?.(notice, task));
  }

  #update(): void {
    let mask = 0;
    for (const name of TASK_NOTICES) {
      for (const listener of this.#all) if (listener[name]) mask |= NOTICE_EVENTS[name];
    }
    if (mask === this.#mask) return;
    this.#want(mask);
    this.#mask = mask;
  }
}

function tell(listener: WatchListener, notice: TaskNotice, task: Task): void {
  switch (notice.type) {
    case "sid":
      listener.sid?.(notice, task);
      break;
    case "ptrace":
      listener.ptrace?.(notice, task);
      break;
    case "comm":
      listener.comm?.(notice, task);
      break;
    case "coredump":
      listener.coredump?.(notice, task);
      break;
  }
}

/** One that throws harms nobody else, nor the table that is in the middle of an event. */
function guarded(body: () => void): void {
  try {
    body();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error), "TaskWatchersWarning");
  }
}
