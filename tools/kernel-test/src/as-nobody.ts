import { spawnSync } from "node:child_process";
import type { CapabilityName } from "./capabilities.ts";

/** How a command ended. */
export interface Ended {
  /** Exit code, or null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** User and group without rights on anything. */
const NOBODY = "65534";

/** The command line that runs a command as nobody with exactly the capabilities named. Needs root. */
export function nobodyCommand(
  command: string,
  args: readonly string[] = [],
  capabilities: readonly CapabilityName[] = [],
): string[] {
  const names = capabilities.map((name) => `+${name.slice("CAP_".length).toLowerCase()}`);
  const set = ["-all", ...names].join(",");
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const sets = [`--inh-caps=${set}`, `--ambient-caps=${set}`, `--bounding-set=${set}`];
  return ["setpriv", ...user, ...sets, "--", command, ...args];
}

/** Runs a command as nobody, with exactly the capabilities named, and waits for its end (90 s at most). Needs root. */
export function asNobody(
  command: string,
  args: readonly string[] = [],
  capabilities: readonly CapabilityName[] = [],
): Ended {
  const [setpriv = "", ...rest] = nobodyCommand(command, args, capabilities);
  // The environment is the caller's, but for what only its own user may read.
  const { status, stdout, stderr, error } = spawnSync(setpriv, rest, {
    cwd: "/",
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
    timeout: 90_000,
  });
  if (error !== undefined) throw error;
  if (status === 126 && stderr.includes(process.execPath)) {
    const why = stderr.trim();
    throw new Error(
      `${why}; the tests need Node.js where every user may run it, not in root's home`,
    );
  }
  return { status, stdout, stderr };
}
