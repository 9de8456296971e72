import { SemaphoreError } from "./semaphore-error.ts";

const EINVAL = 22;

/** The key names a set of another size: another program's, or an older version's of this one. `code` is `EINVAL`. */
export class SemaphoreCountError extends SemaphoreError {
  /** Semaphores asked for. */
  readonly wanted: number;
  /** Semaphores the set has. */
  readonly found: number;

  constructor(facts: { readonly set: number; readonly wanted: number; readonly found: number }) {
    const { set, wanted, found } = facts;
    const help = `ask for ${found}, take another key, or remove it with ipcrm -s ${set} if nobody uses it`;
    const hint = `the set has ${found} semaphores, ${wanted} were asked for: ${help}`;
    super("semget", EINVAL, { set, hint });
    this.wanted = wanted;
    this.found = found;
  }
}
