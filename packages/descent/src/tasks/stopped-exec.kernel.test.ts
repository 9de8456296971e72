// Needs of the kernel: openat2 that asks nobody (Linux 5.12); root for another root, and a C compiler for a program that runs in it.
import { spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compileC, compiler, kernel, kernelTest, program, root } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { type AskedCall, factsOf, isSetId } from "./stopped-exec.ts";

const PAUSE = "#include <unistd.h>\nint main(void) { return pause(); }\n";

function call(pid: number, file: string): AskedCall {
  return { pid, file, argv: [], argvTruncatedBytes: 0, cwd: "/", cgroup: "/" };
}

kernelTest(
  "links of a file are followed in the root of the task that runs it",
  [kernel("5.12"), root, compiler, program("chroot")],
  async () => {
    const dir = mkdtempSync(join(tmpdir(), "descent-"));
    mkdirSync(join(dir, "bin"));
    copyFileSync(compileC(PAUSE, "descent-pause", ["-static"]), join(dir, "bin/pause"));
    copyFileSync(join(dir, "bin/pause"), join(dir, "bin/gains"));
    chmodSync(join(dir, "bin/gains"), 0o4755);
    // In our root there is no such file.
    symlinkSync("/bin/pause", join(dir, "link"));
    symlinkSync("/bin/gains", join(dir, "gains"));
    const child = spawn("chroot", [dir, "/link"], { stdio: "ignore" });
    const pid = child.pid ?? 0;
    try {
      while (readlinkSync(`/proc/${pid}/exe`) !== join(dir, "bin/pause")) await sleep(5);
      expect(factsOf(call(pid, "/link")).exe).toBe("/bin/pause");
      expect(factsOf(call(pid, "/none")).exe).toBe("/none");
      expect(isSetId(call(pid, "/gains"))).toBe(true);
      expect(isSetId(call(pid, "/link"))).toBe(false);
      expect(isSetId(call(pid, "/none"))).toBe(false);
      // A task in our own root.
      expect(factsOf(call(process.pid, join(dir, "link"))).exe).toBe(join(dir, "link"));
      symlinkSync("bin", join(dir, "here"));
      expect(factsOf(call(process.pid, join(dir, "here/pause"))).exe).toBe(join(dir, "bin/pause"));
    } finally {
      child.kill("SIGKILL");
      rmSync(dir, { recursive: true });
    }
  },
);
