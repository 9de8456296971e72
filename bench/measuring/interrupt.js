// @ts-check
/** Ctrl-C: ends the work that is under way, so that whoever waits for it puts everything back. */

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

/** A benchmark was asked to end. */
export class InterruptedError extends Error {
  /** @override */
  name = "InterruptedError";
}

let isInterrupted = false;
/** Leaders of groups of processes that are to end with us. @type {Set<ChildProcess>} */
const groups = new Set();

/** From now on signals end the work and not this process. To be called once. */
export function catchInterrupts() {
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      isInterrupted = true;
      for (const child of groups) endGroup(child);
    });
  }
}

/** @throws InterruptedError once we were asked to end */
export function goOn() {
  if (isInterrupted) throw new InterruptedError("interrupted");
}

/**
 * Has a group of processes end when we are asked to.
 *
 * @template {ChildProcess} T
 * @param {T} child the group's leader (`detached`)
 */
export function running(child) {
  groups.add(child);
  child.once("close", () => groups.delete(child));
  return child;
}

/** @param {ChildProcess} child */
function endGroup({ pid }) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // It has ended.
  }
}

/**
 * Runs a benchmark; a failure that an interrupt has caused is none.
 *
 * @param {() => Promise<void>} body
 */
export async function untilInterrupted(body) {
  catchInterrupts();
  try {
    await body();
  } catch (error) {
    if (!isInterrupted) throw error;
    process.stderr.write("interrupted; everything was put back\n");
    process.exitCode = 130;
  }
}
