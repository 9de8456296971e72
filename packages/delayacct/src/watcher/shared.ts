import { taskWatchers } from "@task-watchers/chain";
import { createDelayacct, type Delayacct } from "./delayacct.ts";

/** Ends in the major version of `Delayacct`: copies of this package that speak the same one share a module. */
const KEY: unique symbol = Symbol.for("@task-watchers/delayacct.1");

/** The one module of this process, on `globalThis`: the first copy of this package makes it, the others use that one. */
export const delayacct: Delayacct = shared();

/** Loads the module into the registry of the process, unless that was done already. */
export function loadDelayacct(): void {
  try {
    taskWatchers.load(delayacct);
  } catch (error) {
    // An import must not fail; and a registry that has it is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

function shared(): Delayacct {
  const host = globalThis as { readonly [KEY]?: Delayacct };
  const known = host[KEY];
  if (known !== undefined) return known;
  const made = createDelayacct();
  Reflect.defineProperty(globalThis, KEY, { value: made });
  return made;
}
