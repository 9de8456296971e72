import type { ExitListener, ExitListenerOptions } from "../taskstats/exit-record.ts";
import type { DelayAccountingState } from "../switch/sysctl.ts";

/** How a module of delay accounting is made. */
export interface DelayacctOptions {
  /** Name in its registry (default `"delayacct"`). */
  readonly name?: string;
  /**
   * Where figures come from: `"taskstats"`, the kernel's record of each exit, needs CAP_NET_ADMIN; `"proc"` needs nothing,
   * and sees less. `"auto"` (default) is the first of them that can be had.
   */
  readonly source?: "auto" | "taskstats" | "proc";
  /** Kernel memory for records not read yet, bytes for each CPU (default 8 MiB). */
  readonly receiveBufferBytes?: number;
  /** With /proc, milliseconds between two looks at a task that lives (default 500). */
  readonly intervalMs?: number;
}

/** What a module asks of the machine. */
export interface Machine {
  readonly listen: (options: ExitListenerOptions) => Promise<ExitListener>;
  readonly switchState: () => DelayAccountingState;
}

/** @throws TypeError or RangeError that names the option and what would be right */
export function checkOptions(options: DelayacctOptions): void {
  const { name = "delayacct", source = "auto", receiveBufferBytes = 1, intervalMs = 500 } = options;
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`name must be a text that is not empty, got ${String(name)}`);
  }
  checkSource(source);
  if (!Number.isSafeInteger(receiveBufferBytes) || receiveBufferBytes < 1) {
    throw new RangeError(
      `receiveBufferBytes must be a whole number of bytes, 1 or more, got ${receiveBufferBytes}`,
    );
  }
  checkInterval(intervalMs);
}

/** @throws TypeError for anything that is no source */
export function checkSource(source: unknown): void {
  if (source !== "auto" && source !== "taskstats" && source !== "proc") {
    throw new TypeError(`source must be "auto", "taskstats" or "proc", got ${String(source)}`);
  }
}

/** @throws TypeError for what is no number, RangeError for one that is too small or too large */
export function checkInterval(intervalMs: unknown): void {
  if (typeof intervalMs !== "number") {
    throw new TypeError(
      `intervalMs must be a number from 10 to 3600000, got ${String(intervalMs)}`,
    );
  }
  if (!(intervalMs >= 10 && intervalMs <= 3_600_000)) {
    throw new RangeError(`intervalMs must be from 10 to 3600000, got ${intervalMs}`);
  }
}
