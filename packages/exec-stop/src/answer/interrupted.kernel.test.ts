// Needs of the kernel: seccomp user notification for any user (Linux 5.5); cc for a library that interrupts calls.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { compileC, compiler, kernel, kernelTest } from "@task-watchers/kernel-test";
import { expect, vi } from "vitest";
import { programCommand } from "../program.fixture.ts";

vi.setConfig({ testTimeout: 120_000 });

kernelTest(
  "signals that cut calls on the listener short make no exec wait, fail or go unseen",
  [kernel("5.5"), compiler],
  () => {
    const source = readFileSync(new URL("../interrupted.c", import.meta.url), "utf8");
    const library = compileC(source, "exec-stop-interrupted.so", ["-shared", "-fPIC", "-ldl"]);
    const command = programCommand(`
      const stop = await open({ onOutcome() {} });
      const script = "i=0; while [ $i -lt 40 ]; do /bin/true $i || exit 1; i=$((i+1)); done; exit 3";
      const child = await stop.spawn("/bin/sh", ["-c", script], { stdio: ["ignore", 2, 2], env: {} });
      const end = await Promise.race([child.ended, sleep(60000)]);
      const { calls: told, continued, thrown } = stop.counters;
      await stop.close();
      // Should it hang all the same, we leave it to the guard.
      process.stdout.write(JSON.stringify([end, told, continued, thrown, troubles.length]), () => process.exit());
    `);
    const { stdout, stderr } = spawnSync("env", [`LD_PRELOAD=${library}`, ...command], {
      encoding: "utf8",
      timeout: 100_000,
    });
    expect([stderr, stdout]).toEqual(["", JSON.stringify([{ code: 3 }, 41, 41, 0, 0])]);
  },
);
