import { taskWatchers } from "@task-watchers/chain";
import { createSemundo, type Semundo } from "./semundo.ts";

/** Ends in the major version of `Semundo`: copies of this package that speak the same one share a module. */
const KEY: unique symbol = Symbol.for("@task-watchers/semundo.1");

/** The one module of this process, on `globalThis`: the first copy of this package makes it, the others use that one. */
export const semundo: Semundo = shared();

/** Loads the module into the registry of the process, unless that was done already. */
export function loadSemundo(): void {
  try {
    taskWatchers.load(semundo);
  } catch (error) {
    // An import must not fail; and a registry that has it is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

function shared(): Semundo {
  const host = globalThis as { readonly [KEY]?: Semundo };
  const known = host[KEY];
  if (known !== undefined) return known;
  const made = createSemundo();
  Reflect.defineProperty(globalThis, KEY, { value: made });
  return made;
}
