import type { ExecCall, ExecStopOptions } from "@task-watchers/exec-stop";

/** How to learn of events. */
export interface SourceOptions {
  /**
   * Stop a process for a moment, too, before it ends and before it waits for others (default true). Else the exit status of
   * short ones that ran no program, and were waited for at once, is missing.
   */
  readonly exits?: boolean;
  /** Use perf's records (default true); false does as where they are refused. */
  readonly perf?: boolean;
  /** Memory for records not read yet, pages for each CPU: a power of two (default 128). */
  readonly ringPages?: number;
}

/** How to watch the descent of commands. What `openExecStop()` takes may be given too, and is handed on. */
export interface DescentOptions
  extends SourceOptions, Partial<Omit<ExecStopOptions, "others" | "onExec">> {
  /** Called for each exec as `openExecStop()` says, after all that happened before has been told. */
  readonly onExec?: (call: ExecCall) => ReturnType<ExecStopOptions["onExec"]>;
  /** Called with the pid of each command started here, just before its fork is told: the place to follow it. */
  readonly onRoot?: (pid: number) => void;
}

/** Pages of a ring, at most: 1 GiB with the smallest pages. */
const MOST_PAGES = 262_144;

/** Checks what is not checked by the exec stop. @throws TypeError or RangeError that names the option and what would be right */
export function checkDescentOptions(options: DescentOptions): void {
  const { onExec, onRoot, exits = true, perf = true, ringPages = 128 } = options;
  for (const [name, value] of Object.entries({ onExec, onRoot })) {
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(`${name} must be a function, got ${typeof value}`);
  }
  for (const [name, value] of Object.entries({ exits, perf })) {
    if (typeof value === "boolean") continue;
    throw new TypeError(`${name} must be true or false, got ${String(value)}`);
  }
  const isPower = Number.isSafeInteger(Math.log2(ringPages));
  if (!isPower || ringPages < 1 || ringPages > MOST_PAGES) {
    throw new RangeError(
      `ringPages must be a power of two from 1 to ${MOST_PAGES}, got ${ringPages}`,
    );
  }
}
