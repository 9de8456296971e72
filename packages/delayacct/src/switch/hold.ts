import { Guard } from "./guard.ts";
import { delayAccounting, requireWritable } from "./sysctl.ts";
import { SwitchUnavailableError } from "./unavailable.ts";

/**
 * How a hold ended. `restored`: the switch is as it was before the first holder. `still-held`: others hold it, and the last
 * of them will restore it. `left-alone`: it was on already, or somebody has changed it. `guard-lost`: the process that
 * would have restored it was killed; the switch stays on.
 */
export type HoldEnd = "restored" | "still-held" | "left-alone" | "guard-lost";

/** Delay accounting is on as long as this is held. Ends with the process at the latest, even by SIGKILL. */
export interface DelayAccountingHold extends AsyncDisposable {
  /** Whether it had to be switched on for this hold. */
  readonly changed: boolean;
  /** Lets go; twice gives the same. */
  release(): Promise<HoldEnd>;
}

/**
 * Switches delay accounting on if it is off, for as long as anybody holds it, over all processes that do it this way. A
 * small process of /bin/sh guards each hold; it switches back when the last holder has ended, in whatever way, unless
 * somebody else has changed the switch meanwhile. Does not keep the process alive.
 *
 * Needs CAP_SYS_ADMIN and user 0 where it is off. Where it is on, and without those rights, nothing holds it.
 *
 * @throws SwitchUnavailableError before anything was changed
 */
export async function enableDelayAccounting(): Promise<DelayAccountingHold> {
  const state = delayAccounting();
  if (state !== "on") requireWritable();
  const guard = new Guard();
  try {
    return new Hold(await guard.start(), guard);
  } catch (error) {
    await guard.end();
    const refused = error instanceof SwitchUnavailableError && error.code === "EACCES";
    if (state === "on" && refused) return new Hold(false, undefined);
    throw error;
  }
}

class Hold implements DelayAccountingHold {
  readonly changed: boolean;
  readonly #guard: Guard | undefined;
  #end: Promise<HoldEnd> | undefined;

  constructor(changed: boolean, guard: Guard | undefined) {
    this.changed = changed;
    this.#guard = guard;
  }

  release(): Promise<HoldEnd> {
    this.#end ??= this.#release();
    return this.#end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  async #release(): Promise<HoldEnd> {
    if (this.#guard === undefined) return "left-alone";
    const end = await this.#guard.end();
    if (end === "restored" || end === "still-held" || end === "left-alone") return end;
    return "guard-lost";
  }
}
