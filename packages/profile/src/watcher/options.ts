import {
  checkSamplerOptions,
  type SamplerOptions,
  type SamplerTarget,
} from "../sampling/options.ts";
import type { Sampler } from "../sampling/sampler.ts";
import type { Symbolizer } from "../symbols/frame.ts";

/** How a profile is taken. What is not said here is as `openSampler` has it. */
export interface ProfileSettings extends Omit<Partial<SamplerOptions>, "onRecord"> {
  /**
   * Whom to sample (default: all that is started from the opening of the watch on, with its descent). What is sampled and not
   * watched is counted and left out.
   */
  readonly target?: SamplerTarget;
  /** Samples kept one by one (default 1,000,000); those beyond are added up without their times, and counted. */
  readonly maxSamples?: number;
}

/** How a module of the profile is made. */
export interface ProfileOptions extends ProfileSettings {
  /** Name in its registry (default `"profile"`). */
  readonly name?: string;
}

/** What a module asks of the machine. */
export interface Machine {
  readonly openSampler: (options: SamplerOptions) => Sampler;
  readonly createSymbolizer: () => Symbolizer;
}

/** Whom to sample when nothing is said. */
export const DESCENT: SamplerTarget = { kind: "descent" };

/** @throws TypeError or RangeError that names the option and what would be right */
export function checkProfileOptions(options: ProfileOptions): void {
  const { name = "profile", maxSamples = 1, target = DESCENT } = options;
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`name must be a text that is not empty, got ${String(name)}`);
  }
  if (!Number.isSafeInteger(maxSamples) || maxSamples < 1) {
    throw new RangeError(`maxSamples must be a whole number, 1 or more, got ${maxSamples}`);
  }
  checkSamplerOptions({ ...options, target });
}
