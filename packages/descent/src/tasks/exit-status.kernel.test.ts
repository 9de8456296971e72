// Needs: nothing but Linux; a shell, to leave a dead process unwaited for.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { monotonicNs } from "@task-watchers/linux";
import { kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { exitStatus } from "./exit-status.ts";
import { LiveProcess } from "./live-process.ts";

/** A dead process that its parent never waits for: a sleep(1) by then, as a shell may look after its children at any time. */
async function zombie(): Promise<{ readonly pid: number; end(): void }> {
  const untilExec = 'while [ "$(cat /proc/$$/comm)" != sleep ]; do :; done';
  const script = `(${untilExec}; exit 7) & echo $!; exec sleep 100`;
  const parent = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
  const pid = await new Promise<number>((resolve) => {
    parent.stdout?.setEncoding("utf8").once("data", (text: string) => resolve(Number(text)));
  });
  while (!readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z ")) await sleep(5);
  return { pid, end: () => void parent.kill("SIGKILL") };
}

kernelTest(
  "the status of a dead process is its own, not that of a younger one with its pid",
  [],
  async () => {
    const earlierNs = monotonicNs();
    // A tick of the clock that starts are told in, and some more.
    await sleep(50);
    const { pid, end } = await zombie();
    try {
      // No pidfd: it had ended before one could be had.
      const gone = new LiveProcess(pid, earlierNs);
      gone.pidfdMissing = "ESRCH";
      expect(exitStatus(gone, earlierNs)).toEqual({ missing: "ESRCH" });
      expect(exitStatus(gone, monotonicNs())).toEqual({ status: 7 << 8 });
      const own = new LiveProcess(pid, earlierNs);
      own.open();
      expect(exitStatus(own, monotonicNs())).toEqual({ status: 7 << 8 });
      own.close();
    } finally {
      end();
    }
  },
);
