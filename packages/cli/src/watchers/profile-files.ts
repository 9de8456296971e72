import { printable } from "../report/terminal-text.ts";
import { standardError } from "../standard-error.ts";
import { UsageError } from "../usage-error.ts";
import type { ProfileFormat, RequestedProfile } from "./requested-watchers.ts";

/** What is sampled: the descent of a command to be started, running processes, or the whole host. */
export type ProfileTarget =
  | { readonly kind: "descent" }
  | { readonly kind: "host" }
  | { readonly kind: "pids"; readonly pids: readonly number[] };

/** Files that a profile goes to at the end. */
export interface ProfileFiles {
  /** Returns false, and says which, when one could not be written: always, as they were asked for. */
  write(): Promise<boolean>;
}

/**
 * Tells the profile watcher what to sample, and makes sure that its files can be written.
 *
 * @throws UsageError for two files of one name; the error of the file system, before anything began
 */
export async function beginProfile(
  requested: RequestedProfile | undefined,
  target: ProfileTarget,
): Promise<ProfileFiles> {
  const { profile } = await import("@task-watchers/profile");
  const { frequencyHz, split = "command", files } = requested ?? {};
  profile.configure({ target, ...(frequencyHz !== undefined && { frequencyHz }) });
  if (files === undefined || files.size === 0) return { write: async () => true };
  const { checkOutputs, writeOutputs } = await import("@task-watchers/profile/output");
  const outputs = [...files].map(([option, path]) => ({ format: FORMATS[option], path, split }));
  try {
    checkOutputs(outputs);
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message, { cause: error }) : error;
  }
  return {
    async write() {
      const result = profile.result();
      if (result === undefined) {
        say("nothing was sampled: the files of the profile were not written");
        return false;
      }
      try {
        await writeOutputs(result, outputs);
        return true;
      } catch (error) {
        const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
        for (const one of errors) say(one instanceof Error ? one.message : String(one));
        return false;
      }
    },
  };
}

function say(line: string): void {
  standardError.write(`task-watchers: ${printable(line)}\n`);
}

/** Formats by the option that asks for them. */
const FORMATS = {
  pprof: "pprof",
  speedscope: "speedscope",
  folded: "folded",
  "trace-event": "trace-events",
  flamegraph: "flamegraph",
} as const satisfies Record<ProfileFormat, string>;
