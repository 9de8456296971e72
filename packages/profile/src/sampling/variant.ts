import { openPerfEvent, type PerfEventTarget, SyscallError } from "@task-watchers/linux";
import { encodeAttributes, type SampledEvent } from "@task-watchers/perf";
import type { SamplerOptions } from "./options.ts";
import { explainRefusal } from "./refusal.ts";

/** What the machine allows of what was asked for. */
export interface Variant {
  readonly event: SampledEvent;
  readonly excludeKernel: boolean;
  readonly readLost: boolean;
}

/** There is no such counter: of CPUs without one, in most virtual machines. */
const NO_EVENT: ReadonlySet<string> = new Set(["ENOENT", "ENODEV", "EOPNOTSUPP"]);

/**
 * The best that can be had: cycles before the clock, with the kernel before without.
 *
 * @throws PerfUnavailableError when none can
 */
export function chooseVariant(options: SamplerOptions, target: PerfEventTarget): Variant {
  const { event = "auto", kernelStacks = "auto", frequencyHz = 99 } = options;
  const events: readonly SampledEvent[] = event === "auto" ? ["cycles", "cpu-clock"] : [event];
  const excludes = kernelStacks === "auto" ? [false, true] : [!kernelStacks];
  let refusal: unknown;
  for (const variant of variants(events, excludes)) {
    try {
      openPerfEvent(attributesOf(variant, options.target.kind, frequencyHz), target).close();
      return variant;
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      // Each attempt asks for less: what stands in the way of the last one would have to go first.
      refusal = error;
      if (error.code === "EACCES" || error.code === "EINVAL" || NO_EVENT.has(error.code)) continue;
      break;
    }
  }
  throw explainRefusal(refusal, {
    target: options.target.kind,
    isKernelWanted: kernelStacks === true,
  });
}

/** An event's attributes for a target. */
export function attributesOf(
  variant: Variant,
  target: SamplerOptions["target"]["kind"],
  frequencyHz: number,
): Uint8Array {
  return encodeAttributes({
    ...variant,
    frequencyHz,
    excludeIdle: true,
    enableOnExec: target === "descent",
    inherit: target !== "host",
  });
}

function* variants(
  events: readonly SampledEvent[],
  excludes: readonly boolean[],
): Generator<Variant> {
  for (const event of events) {
    for (const excludeKernel of excludes) {
      // Before Linux 6.0 the kernel refuses this with EINVAL.
      yield { event, excludeKernel, readLost: true };
      yield { event, excludeKernel, readLost: false };
    }
  }
}
