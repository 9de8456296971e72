// Needs of the kernel: seccomp user notification (any user since Linux 5.5) and process events (6.6).
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initialNamespaces, installed, kernel, kernelTest } from "@task-watchers/kernel-test";
import { afterAll, beforeAll, expect } from "vitest";

const place = mkdtempSync(join(tmpdir(), "task-watchers-deny-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));
beforeAll(() => {
  const packages = installed("chain", "exec-stop", "tasks");
  symlinkSync(join(packages, "node_modules"), join(place, "node_modules"));
  cpSync(join(import.meta.dirname, "deny-exec.js"), join(place, "deny-exec.mjs"));
});

kernelTest(
  "deny-exec.js refuses a program wherever it is run from",
  [kernel("6.6"), initialNamespaces],
  () => {
    const script = "env true one; sh -c '/bin/true two'; echo $?; /bin/echo on; exit 4";
    const args = [join(place, "deny-exec.mjs"), "true,false", "sh", "-c", script];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(status).toBe(4);
    expect(stdout).toBe("126\non\n");
    expect(stderr).toMatch(/^refused \["true","one"\] to process \d+$/mu);
    expect(stderr).toMatch(/^refused \["\/bin\/true","two"\] to process \d+$/mu);
  },
);
