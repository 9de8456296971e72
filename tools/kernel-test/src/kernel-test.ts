import { test } from "vitest";
import { mayDoAnything, type Need } from "./needs.ts";

/** What becomes of a test on this machine. */
export type Verdict = "run" | "skip" | "fail";

/** The circumstances that turn a skip into a failure. */
export interface Strictness {
  /** KERNEL_TESTS=all: every test has to run. */
  readonly all: boolean;
  /** The run may do anything, so only what the machine lacks can excuse a skip. */
  readonly privileged: boolean;
}

/**
 * A vitest test that runs where its needs are met. Where not, it is skipped with the reason in its title; with
 * `KERNEL_TESTS=all`, or as root on a kernel that is new enough, it fails instead. So a green run with all privileges
 * has run everything, and a claim such as `kernel("6.6")` is proved or refuted on each newer kernel.
 */
export function kernelTest(
  name: string,
  needs: readonly Need[],
  body: () => void | Promise<void>,
): void {
  const unmet = process.platform === "linux" ? needs.filter((need) => !need.isMet()) : [linux];
  const strictness = { all: process.env["KERNEL_TESTS"] === "all", privileged: mayDoAnything() };
  const names = unmet.map((need) => need.name).join(", ");
  const verdict = judge(unmet, strictness);
  if (verdict === "run") test(name, body);
  else if (verdict === "skip") {
    const title = `${name} [skipped: needs ${names}]`;
    // The runner shows no titles of tests it skips.
    process.stderr.write(`${title}\n`);
    test.skip(title, body);
  } else {
    test(name, () => {
      throw new Error(`needs ${names}, which this run must have`);
    });
  }
}

const linux: Need = { name: "Linux", isMet: () => process.platform === "linux" };

/** Run, skip or fail, by what is missing. */
export function judge(unmet: readonly Need[], strictness: Strictness): Verdict {
  if (unmet.length === 0) return "run";
  if (strictness.all) return "fail";
  const excused = unmet.some((need) => need.excuses === true);
  return strictness.privileged && !excused ? "fail" : "skip";
}
