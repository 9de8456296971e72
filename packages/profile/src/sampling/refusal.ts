import { SyscallError } from "@task-watchers/linux";
import { kernelSetting, PerfUnavailableError } from "@task-watchers/perf";
import type { SamplerTarget } from "./options.ts";

/** What was asked for when the kernel refused. */
export interface Asked {
  readonly target: SamplerTarget["kind"];
  /** Samples in the kernel were insisted on. */
  readonly isKernelWanted: boolean;
}

/** What perf_event_open's refusal means here; errors that are none are given back as they are. */
export function explainRefusal(error: unknown, asked: Asked): unknown {
  if (!(error instanceof SyscallError)) return error;
  const [reason, remedy] = explain(error.code, asked);
  return new PerfUnavailableError(error.code, reason, remedy, { cause: error });
}

function explain(code: string, { target, isKernelWanted }: Asked): [string, string] {
  const level = kernelSetting("perf_event_paranoid");
  const setting = `kernel.perf_event_paranoid is ${level ?? "not known"}`;
  switch (code) {
    case "EACCES": {
      const need = isKernelWanted ? 1 : 2;
      if (target === "host") {
        return [`sampling every task needs CAP_PERFMON, as ${setting}`, remedyOf(0)];
      }
      if (level !== undefined && level <= need && target === "pids") {
        return ["the process is another user's", "run with CAP_PERFMON and CAP_SYS_PTRACE"];
      }
      const what = isKernelWanted ? "sampling in the kernel" : "sampling";
      return [`${what} needs CAP_PERFMON, as ${setting}`, remedyOf(need)];
    }
    case "EPERM":
      return level !== undefined && level > 2
        ? [`sampling needs CAP_PERFMON, as ${setting}`, remedyOf(2)]
        : [
            "perf_event_open is forbidden, as by the seccomp filter of a container",
            "allow the call there (docker run --security-opt seccomp=…), or run outside",
          ];
    case "ENOSYS":
      return ["this kernel has no perf events", "it needs CONFIG_PERF_EVENTS"];
    case "ENOENT":
    case "ENODEV":
    case "EOPNOTSUPP":
      return ["this machine has no counter of CPU cycles", "use the event cpu-clock"];
    case "ESRCH":
      return ["the process has ended", "name processes that run"];
    case "EMFILE":
    case "ENFILE":
      return [
        "a descriptor is needed for each thread on each CPU, and RLIMIT_NOFILE does not allow as many",
        "raise it (ulimit -n), or sample the whole host",
      ];
    default:
      return ["perf_event_open failed", "see perf_event_open(2)"];
  }
}

function remedyOf(level: number): string {
  return `run with CAP_PERFMON, or sysctl kernel.perf_event_paranoid=${level}`;
}
