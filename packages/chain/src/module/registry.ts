import { TaskWatchers } from "./task-watchers.ts";

/** Ends in the major version of the contract: copies that speak the same one share a registry. */
const KEY: unique symbol = Symbol.for("@task-watchers/chain.1");

/**
 * The one registry of this process, on `globalThis` under
 * `Symbol.for("@task-watchers/chain.1")`: the first copy of this package makes it, every other
 * copy uses that one. Its objects may thus be of another copy's classes: look at `code` and
 * `name` of an error, not at its class.
 */
export const taskWatchers: TaskWatchers = /* @__PURE__ */ sharedRegistry();

function sharedRegistry(): TaskWatchers {
  const host = globalThis as { readonly [KEY]?: TaskWatchers };
  const shared = host[KEY];
  if (shared !== undefined) {
    return shared;
  }
  const registry = new TaskWatchers();
  // Where globalThis is frozen this does nothing: then each copy has its own registry.
  Reflect.defineProperty(globalThis, KEY, { value: registry });
  return registry;
}
