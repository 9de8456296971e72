// @ts-check
/** Tasks that are there and do nothing. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { compileC } from "@task-watchers/kernel-test/load";
import { running } from "../measuring/interrupt.js";

/**
 * Does something while so many tasks more are asleep.
 *
 * @template T
 * @param {number} count
 * @param {() => Promise<T>} body
 */
export async function withSleepers(count, body) {
  const source = readFileSync(new URL("sleepers.c", import.meta.url), "utf8");
  const program = compileC(source, "sleepers", ["-O2", "-static"]);
  const child = running(
    spawn(program, [String(count)], { detached: true, stdio: ["pipe", "pipe", "inherit"] }),
  );
  const end = once(child, "close");
  try {
    const made = await Promise.race([
      once(child.stdout, "data").then(() => true),
      end.then(() => false),
    ]);
    if (!made) throw new Error(`${count} tasks could not be made`);
    return await body();
  } finally {
    child.stdin.end();
    await end;
  }
}

/** How many tasks may be made here, leaving others some: kernel.pid_max, and what this user may have. */
export function mostSleepers() {
  const most = Number(readFileSync("/proc/sys/kernel/pid_max", "latin1"));
  const threads = Number(readFileSync("/proc/sys/kernel/threads-max", "latin1"));
  return Math.min(most, threads) - 2000;
}
