import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { existsSync } from "node:fs";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import { pidfdOpen } from "@task-watchers/linux/pidfd";
import { SyscallError } from "@task-watchers/linux/syscall-error";
import { guardProgramFile } from "./guard-program.ts";

/** What stands by: a program of 423 bytes, a Node.js, or nothing. */
export type GuardKind = "program" | "node" | "none";

const NAME = "task-watchers-exec-stop-guard";

/**
 * A process that has the listener open too. Once we are gone, whatever the way, it answers what we had received and lets all
 * that comes run, until no task is left under the filter. Without it the kernel would fail every later exec with ENOSYS.
 */
export class Guard {
  readonly kind: GuardKind;
  readonly #child: ChildProcess | undefined;
  #ended = false;

  private constructor(kind: GuardKind, child: ChildProcess | undefined) {
    this.kind = kind;
    this.#child = child;
  }

  /**
   * Starts it: in a session of its own, so that no terminal's signal reaches it.
   *
   * @param kinds what to try, the first that starts is taken
   * @param onEnd called when it has ended though we live
   */
  static async start(
    listener: FileDescriptor,
    calls: FileDescriptor,
    kinds: readonly GuardKind[],
    onEnd: () => void,
  ): Promise<Guard> {
    for (const kind of kinds) {
      const child = startChild(kind, listener, calls);
      if (child === undefined || !(await hasStarted(child))) continue;
      const guard = new Guard(kind, child);
      child.once("exit", () => {
        if (!guard.#ended) onEnd();
        guard.#ended = true;
      });
      unref(child);
      return guard;
    }
    return new Guard("none", undefined);
  }

  /** Lets it take over. @returns false when there is none that could */
  takeOver(): boolean {
    if (this.#child === undefined || this.#ended) return false;
    this.#ended = true;
    // Its end alone would not be noticed while a child of ours is stopped in its first exec: that one has a copy of it.
    this.#child.stdin?.write("\n");
    this.#child.stdin?.destroy();
    return true;
  }
}

function startChild(
  kind: GuardKind,
  listener: FileDescriptor,
  calls: FileDescriptor,
): ChildProcess | undefined {
  const watcher = ownPidfd();
  try {
    const death = watcher?.number ?? "pipe";
    const stdio: StdioOptions = ["pipe", "ignore", "ignore", listener.number, calls.number, death];
    const options = { argv0: NAME, cwd: "/", detached: true, env: {}, stdio };
    if (kind === "program") {
      const file = guardProgramFile();
      if (file === undefined) return undefined;
      // The link is the child's own: it has the file open until it is the program.
      const child = spawn(`/proc/self/fd/${file.number}`, [], options);
      file.close();
      return child;
    }
    const script = fileURLToPath(new URL("./guard-script.js", import.meta.url));
    if (kind === "none" || !existsSync(script)) return undefined;
    return spawn(process.execPath, ["--max-old-space-size=16", script], options);
  } finally {
    watcher?.close();
  }
}

/** What tells of our death; undefined where a sandbox refuses it: the end of a pipe has to do then, which a stopped exec may hold up. */
function ownPidfd(): FileDescriptor | undefined {
  try {
    return pidfdOpen(process.pid);
  } catch (error) {
    if (error instanceof SyscallError) return undefined;
    throw error;
  }
}

function hasStarted(child: ChildProcess): Promise<boolean> {
  // Told by the end of its output, too.
  for (const line of lifeLines(child)) line.on("error", () => {});
  return new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("spawn", () => resolve(true));
  });
}

function unref(child: ChildProcess): void {
  child.unref();
  for (const line of lifeLines(child)) line.unref();
}

function lifeLines(child: ChildProcess): Socket[] {
  // Node.js leaves it out of a child that could not be started for want of descriptors.
  const stdio: readonly unknown[] | undefined = child.stdio;
  return (stdio ?? []).filter((stream) => stream instanceof Socket);
}
