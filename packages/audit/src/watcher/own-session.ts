import { readFileSync } from "node:fs";

/** (unsigned int) -1: of a task that stems from no login. */
const UNSET = 4_294_967_295;

/** This process's audit session, which its children inherit; undefined when it stems from no login. */
export function ownSession(): number | undefined {
  try {
    const session = Number(readFileSync("/proc/self/sessionid", "latin1"));
    return Number.isInteger(session) && session !== UNSET ? session : undefined;
  } catch {
    // A kernel without audit.
    return undefined;
  }
}
