import { styleFor } from "../report/style.ts";
import { DOCTOR_HELP, parseDoctorArguments } from "./doctor-arguments.ts";
import { examine } from "./examine.ts";
import { formatFindings } from "./report.ts";

export { DOCTOR_HELP };

/** A watcher has only part of what it can use, or nothing. */
const NOT_ALL = 1;

/**
 * `task-watchers doctor`: says on standard output what this host allows.
 *
 * @returns the exit status: 0 when every watcher looked at has all it can use, else 1
 * @throws UsageError on a bad argument
 */
export async function doctor(args: readonly string[]): Promise<number> {
  const { json, help, watchers } = parseDoctorArguments(args);
  if (help) {
    process.stdout.write(DOCTOR_HELP);
    return 0;
  }
  const findings = await examine(watchers);
  process.stdout.write(
    json
      ? `${JSON.stringify(findings)}\n`
      : formatFindings(findings, styleFor(process.stdout, process.env)),
  );
  return findings.watchers.every(({ state }) => state === "yes") ? 0 : NOT_ALL;
}
