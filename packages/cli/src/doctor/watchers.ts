import type { Probe, ProbeResult } from "./probe.ts";
import { auditControl, auditRead } from "./probes/audit.ts";
import { bpf } from "./probes/bpf.ts";
import { perfHost, perfKernel, perfOwn } from "./probes/perf.ts";
import { procLinks } from "./probes/proc-links.ts";
import { kernelSymbols, procOthers, schedstat } from "./probes/proc.ts";
import { eventFilter, processEvents } from "./probes/process-events.ts";
import { receiveBuffer, receiveBufferForce } from "./probes/receive-buffer.ts";
import { semaphores, semaphoresOfOthers } from "./probes/semaphores.ts";
import { execStop, pidfd } from "./probes/sources.ts";
import { delayAccounting, taskstatsExits, taskstatsQuery } from "./probes/taskstats.ts";

/** `needed`: nothing without it. `full`: less without it. `extra`: told, and not counted. */
export type ProbeRole = "needed" | "full" | "extra";

/** What a watcher can do here. */
export type WatcherState = "yes" | "degraded" | "no";

/** What decides about one watcher. */
export interface WatcherCheck {
  readonly name: string;
  readonly probes: readonly (readonly [role: ProbeRole, probe: Probe])[];
  /** What is said of each state. */
  readonly says: Readonly<Record<WatcherState, string>>;
}

/** Every watcher, in the order of the report. */
export const WATCHERS: readonly WatcherCheck[] = [
  {
    name: "proc-events",
    probes: [
      ["needed", processEvents],
      ["full", eventFilter],
      ["full", receiveBuffer],
      ["full", procOthers],
      ["extra", procLinks],
      ["extra", receiveBufferForce],
      ["extra", pidfd],
      ["extra", execStop],
      ["extra", bpf],
    ],
    says: {
      yes: "every task of the host is told",
      degraded: "every task of the host is told, with less about it or more easily lost",
      no: "tasks are not told; only processes one names can be watched, by pidfd",
    },
  },
  {
    name: "delayacct",
    probes: [
      ["needed", schedstat],
      ["full", taskstatsQuery],
      ["full", taskstatsExits],
      ["full", delayAccounting],
    ],
    says: {
      yes: "all that tasks wait for is told, to their exit",
      degraded: "part of what tasks wait for is told; the wait for a CPU always is, from /proc",
      no: "nothing is told of what tasks wait for",
    },
  },
  {
    name: "audit",
    probes: [
      ["needed", auditRead],
      ["full", auditControl],
    ],
    says: {
      yes: "records can be read, and rules be set for them",
      degraded: "records can be read, those that rules of others make",
      no: "audit records cannot be read",
    },
  },
  {
    name: "profile",
    probes: [
      ["needed", perfOwn],
      ["full", perfKernel],
      ["full", kernelSymbols],
      ["full", perfHost],
    ],
    says: {
      yes: "every task of the host can be profiled, the kernel's part with names",
      degraded: "one's own commands can be profiled, with less of the kernel or the host",
      no: "nothing can be profiled",
    },
  },
  {
    name: "semundo",
    probes: [
      ["needed", semaphores],
      ["needed", pidfd],
      ["extra", semaphoresOfOthers],
    ],
    says: {
      yes: "semaphores can be held and given back",
      degraded: "semaphores can be held and given back",
      no: "semaphores cannot be held, or nobody would tell of their holder's end",
    },
  },
];

/** Names of the watchers. */
export const WATCHER_NAMES: readonly string[] = WATCHERS.map(({ name }) => name);

/** What the results say of a watcher. */
export function judge(
  results: readonly { readonly role: ProbeRole; readonly ok: ProbeResult["ok"] }[],
): WatcherState {
  const fails = (role: ProbeRole): boolean => results.some((one) => one.role === role && !one.ok);
  if (fails("needed")) return "no";
  return fails("full") ? "degraded" : "yes";
}
