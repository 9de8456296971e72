import { taskWatchers } from "@task-watchers/chain";
import { type Audit, createAudit } from "./audit.ts";

/** Ends in the major version of `Audit`: copies of this package that speak the same one share a module. */
const KEY: unique symbol = Symbol.for("@task-watchers/audit.1");

/** The one module of this process, on `globalThis`: the first copy of this package makes it, the others use that one. */
export const audit: Audit = shared();

/** Loads the module into the registry of the process, unless that was done already. */
export function loadAudit(): void {
  try {
    taskWatchers.load(audit);
  } catch (error) {
    // An import must not fail; and a registry that has it is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

function shared(): Audit {
  const host = globalThis as { readonly [KEY]?: Audit };
  const known = host[KEY];
  if (known !== undefined) return known;
  const made = createAudit();
  Reflect.defineProperty(globalThis, KEY, { value: made });
  return made;
}
