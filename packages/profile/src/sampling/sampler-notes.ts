import { kernelSetting } from "@task-watchers/perf";
import type { OpenedCpus } from "./open-cpus.ts";
import type { SamplerOptions } from "./options.ts";

/** Sentences for the user: what is not as it was asked for. */
export function notesAbout(options: SamplerOptions, opened: OpenedCpus): string[] {
  const { kernelStacks = "auto", ringPages: wantedPages = 128 } = options;
  const { variant, ringPages } = opened;
  const level = kernelSetting("perf_event_paranoid");
  return [
    ...(variant.excludeKernel && kernelStacks === "auto"
      ? [
          `only time in user space is sampled: kernel.perf_event_paranoid is ${level ?? "not known"}; CAP_PERFMON, or 1 there, lets see the kernel too`,
        ]
      : []),
    ...(variant.excludeKernel && kernelStacks === false
      ? ["only time in user space is sampled, as was asked for"]
      : []),
    ...(ringPages < wantedPages
      ? [
          `rings have ${ringPages} pages instead of ${wantedPages}: kernel.perf_event_mlock_kb allows no more; other profilers of this user count, too`,
        ]
      : []),
  ];
}
