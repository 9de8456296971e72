import { taskWatchers } from "@task-watchers/chain";
import { createProcEvents, type ProcEvents } from "./proc-events.ts";

/** Ends in the major version of `ProcEvents`: copies of this package that speak the same one share a module. */
const KEY: unique symbol = Symbol.for("@task-watchers/proc-events.1");

/** The one module of this process, on `globalThis`: the first copy of this package makes it, the others use that one. */
export const procEvents: ProcEvents = shared();

/** Loads the module into the registry of the process, unless that was done already. */
export function loadProcEvents(): void {
  try {
    taskWatchers.load(procEvents);
  } catch (error) {
    // An import must not fail; and a registry that has it is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

function shared(): ProcEvents {
  const host = globalThis as { readonly [KEY]?: ProcEvents };
  const known = host[KEY];
  if (known !== undefined) return known;
  const made = createProcEvents({ channels: true });
  Reflect.defineProperty(globalThis, KEY, { value: made });
  return made;
}
