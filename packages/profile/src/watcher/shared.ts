import { taskWatchers } from "@task-watchers/chain";
import { createProfile, type Profile } from "./profile.ts";

/** Ends in the major version of `Profile`: copies of this package that speak the same one share a module. */
const KEY: unique symbol = Symbol.for("@task-watchers/profile.1");

/** The one module of this process, on `globalThis`: the first copy of this package makes it, the others use that one. */
export const profile: Profile = shared();

/** Loads the module into the registry of the process, unless that was done already. */
export function loadProfile(): void {
  try {
    taskWatchers.load(profile);
  } catch (error) {
    // An import must not fail; and a registry that has it is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

function shared(): Profile {
  const host = globalThis as { readonly [KEY]?: Profile };
  const known = host[KEY];
  if (known !== undefined) return known;
  const made = createProfile();
  Reflect.defineProperty(globalThis, KEY, { value: made });
  return made;
}
