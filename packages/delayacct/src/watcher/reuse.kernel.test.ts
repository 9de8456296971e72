// Needs of the kernel: taskstats, the process events connector; root, to choose a pid; a C compiler.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  capability,
  compileC,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  root,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { REUSE_C } from "./reuse.fixture.ts";
import { runWatched } from "./run-watched.fixture.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, root, capability("CAP_NET_ADMIN"), compiler];

kernelTest(
  "A pid that is another's at once: the record is its own, not the other's",
  NEEDS,
  async () => {
    const folder = mkdtempSync("/dev/shm/task-watchers-reuse-");
    const program = compileC(REUSE_C, "delayacct-reuse");
    const helper = spawn(program, ["helper", join(folder, "word")]);
    try {
      const { delays } = await runWatched([program, join(folder, "word")]);
      const child = delays.find(({ task }) => task.pid === 30_123);
      expect(child?.accounting.missing["record"]).toBeUndefined();
      expect(child?.accounting.onCpuNs).toBeGreaterThan(190_000_000n);
      expect(child?.exit).toMatchObject({ code: 7 });
    } finally {
      helper.kill("SIGKILL");
      rmSync(folder, { recursive: true });
    }
  },
);
