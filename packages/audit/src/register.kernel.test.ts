// Needs: CAP_AUDIT_CONTROL in the initial namespaces; the process events connector (any user since Linux 6.6).
import { spawnSync } from "node:child_process";
import {
  capability,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { keepingAudit } from "./client/audit-state.fixture.ts";

const NEEDS = [kernel("6.6"), capability("CAP_AUDIT_CONTROL"), initialNamespaces];

/** A program that does not know of audit, with a child. */
const PROGRAM = `
import { spawnSync } from "node:child_process";
console.log(spawnSync("sh", ["-c", "exit 3"]).status);
`;

function run() {
  return spawnSync(
    process.execPath,
    ["--import", "@task-watchers/audit/register", "--input-type=module", "-e", PROGRAM],
    { cwd: installed("audit"), encoding: "utf8", timeout: 60_000 },
  );
}

kernelTest(
  "--import register warns where auditing is off, and the program runs",
  NEEDS,
  async () => {
    await keepingAudit(async (client) => {
      await client.setStatus({ enabled: 0 });
      const ended = run();
      expect(ended).toMatchObject({ stdout: "3\n", status: 0 });
      const warnings = ended.stderr.match(/TaskWatchersWarning: .*/gu);
      expect(warnings).toEqual([
        expect.stringMatching(
          /^TaskWatchersWarning: watcher audit is off: audit is not available: .*\(EDISABLED\)/u,
        ),
      ]);
    });
  },
);

kernelTest("--import register says nothing where it is on", NEEDS, async () => {
  await keepingAudit(async (client) => {
    await client.setStatus({ enabled: 1 });
    expect(run()).toMatchObject({ stdout: "3\n", stderr: "", status: 0 });
  });
});
