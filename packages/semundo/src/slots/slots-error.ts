import { SemaphoreError } from "../set/semaphore-error.ts";

const EEXIST = 17;

/** Slots of that name are there, and are more or fewer. `code` is `EEXIST`. */
export class SlotsCountError extends SemaphoreError {
  /** Slots asked for. */
  readonly wanted: number;
  /** Slots there are. */
  readonly found: number;

  constructor(facts: {
    readonly name: string;
    readonly set: number;
    readonly wanted: number;
    readonly found: number;
  }) {
    const { name, set, wanted, found } = facts;
    super("semget", EEXIST, {
      set,
      hint: `slots "${name}" are ${found}, ${wanted} were asked for: ask for ${found}, or wait until nobody holds one and remove them`,
    });
    this.wanted = wanted;
    this.found = found;
  }
}
