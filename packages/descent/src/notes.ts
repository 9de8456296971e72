import type { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import { pidfdExit, pidfdOpen } from "@task-watchers/linux/pidfd";
import { SyscallError } from "@task-watchers/linux/syscall-error";
import type { PerfUnavailableError } from "@task-watchers/perf";

/** How a descent is watched. */
export interface Means {
  /** By perf's records; else by stopped calls alone. */
  readonly byRecords: boolean;
  /** Why not, where that was not asked for. */
  readonly refusal: PerfUnavailableError | undefined;
  /** Ends of processes are stopped. */
  readonly exits: boolean;
}

/** Sentences for the user: what will be incomplete, and why. None when nothing will be. */
export function notesAbout({ byRecords, refusal, exits }: Means): string[] {
  const notes: string[] = [];
  if (!byRecords) {
    const why = refusal ? `${refusal.message}: ` : "";
    notes.push(
      `${why}forks are learned when a task first execs, ends or changes its ids; threads, and some processes that a signal ends before that, are not seen`,
    );
  }
  if (!exits) {
    notes.push(
      "ends are not stopped: the exit status of short processes that ran no program may be missing",
    );
  }
  if (!tellsExits()) {
    notes.push("before Linux 6.15 the exit status of a process that a signal ends may be missing");
  }
  return notes;
}

/** Whether a pidfd tells how a process ended that was reaped (since Linux 6.15). */
function tellsExits(): boolean {
  let pidfd: FileDescriptor | undefined;
  try {
    pidfd = pidfdOpen(process.pid);
    const exit = pidfdExit(pidfd);
    return !("missing" in exit) || exit.missing !== "unsupported";
  } catch (error) {
    if (error instanceof SyscallError) return false;
    throw error;
  } finally {
    pidfd?.close();
  }
}
