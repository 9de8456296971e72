import { taskWatchers } from "@task-watchers/chain";
import { delayAccounting } from "./delay-accounting.ts";
import { loadWatchers } from "./load-watchers.ts";
import { beginProfile, type ProfileFiles, type ProfileTarget } from "./profile-files.ts";
import type { RequestedAudit, RequestedWatchers } from "./requested-watchers.ts";

/** What is watched: a command's descent, running processes, or the whole host. */
export type WatchTarget = ProfileTarget;

/** Watchers that were loaded and told what is wanted of them. */
export interface BegunWatchers extends AsyncDisposable {
  /**
   * To be called once the modules were opened.
   *
   * @throws WatchersOffError when none of those asked for works: then there is nothing to go on for
   */
  check(): void;
  /** Writes what was asked for in files, once the watch is closed. Returns false when one could not be written. */
  finish(): Promise<boolean>;
}

/** None of the watchers that were asked for could begin. */
export class WatchersOffError extends Error {
  readonly code = "EWATCHERSOFF";
  override readonly name = "WatchersOffError";
}

/**
 * Loads watchers and says to each what is wanted; to be done before the watch begins.
 *
 * @param say tells the user something
 * @throws UsageError, the error of a file that cannot be written, or SwitchUnavailableError
 */
export async function beginWatchers(
  requested: RequestedWatchers,
  target: WatchTarget,
  say: (line: string) => void,
): Promise<BegunWatchers> {
  const names = await loadWatchers(requested.names);
  if (names.has("audit")) await configureAudit(requested.audit, target);
  let files: ProfileFiles | undefined;
  if (names.has("profile")) files = await beginProfile(requested.profile, target);
  const accounting = await delayAccounting(requested.enableDelayacct, say);
  return {
    check: () => checkWatchers(names),
    finish: async () => (await files?.write()) ?? true,
    async [Symbol.asyncDispose]() {
      await accounting?.[Symbol.asyncDispose]();
    },
  };
}

async function configureAudit(
  { enable = false, log, logBytes }: Partial<RequestedAudit> = {},
  target: WatchTarget,
): Promise<void> {
  const { audit } = await import("@task-watchers/audit");
  const maxBytes = logBytes === undefined ? {} : { maxBytes: logBytes };
  const trail = log === undefined ? undefined : { path: log, ...maxBytes };
  audit.configure({
    enable,
    scope: target.kind === "descent" ? "session" : "host",
    ...(trail !== undefined && { log: trail }),
  });
  if (trail === undefined) return;
  const { RawLog } = await import("@task-watchers/audit/log");
  // Refused before the command is started, not found out when its first record comes.
  await (await RawLog.open(trail)).close();
}

function checkWatchers(names: ReadonlySet<string>): void {
  const modules = taskWatchers.list().filter(({ name }) => names.has(name));
  if (modules.length === 0 || modules.some(({ state }) => state !== "failed")) return;
  const reasons = modules.map(({ name, error }) => `${name}: ${error ?? "it failed"}`).join("; ");
  throw new WatchersOffError(`none of the watchers asked for can work here: ${reasons}`);
}
