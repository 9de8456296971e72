import type { TrackedTask } from "./tracked-task.ts";

/** Which tasks are of interest. */
export interface Scope {
  /** Whether a process that was just forked is; `parent` is its parent if that one is. */
  wants(pid: number, parent: TrackedTask | undefined): boolean;
  /** Whether a process found later is, by whether its parent is. */
  follows(hasParent: boolean): boolean;
}

/** Every task of the host. */
export class AllTasks implements Scope {
  wants(): boolean {
    return true;
  }

  follows(): boolean {
    return true;
  }
}

/** Some processes and all that descend from them by fork, however they are re-parented later. */
export class Descent implements Scope {
  readonly #awaited = new Set<number>();

  /** A process whose fork event has not been read yet is a root. */
  await(pid: number): void {
    this.#awaited.add(pid);
  }

  /** Whether its fork event is still to come. */
  awaits(pid: number): boolean {
    return this.#awaited.has(pid);
  }

  /** It is not to be awaited any more. */
  forget(pid: number): void {
    this.#awaited.delete(pid);
  }

  wants(pid: number, parent: TrackedTask | undefined): boolean {
    return this.#awaited.delete(pid) || parent !== undefined;
  }
  follows(hasParent: boolean): boolean {
    return hasParent;
  }
}
