// @ts-check
/** What the scheduler's own tracepoints tell while something runs, by perf(1): the truth that our events are held against. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { running } from "../measuring/interrupt.js";

/**
 * One tracepoint: `tid` forked `child`, made an exec, or ended. The last thread's end is the process's.
 *
 * @typedef {{ readonly timeNs: bigint, readonly pid: number, readonly tid: number } &
 *   ({ readonly type: "fork", readonly child: number } |
 *    { readonly type: "exec", readonly oldTid: number } |
 *    { readonly type: "exit", readonly isLast: boolean | undefined })} Tracepoint
 */

const EVENTS = ["fork", "exec", "exit"].flatMap((name) => ["-e", `sched:sched_process_${name}`]);
/** perf(1) looks for tracefs among the mounts; ours is not seen by others. */
const MOUNTED =
  'grep -q " tracefs " /proc/mounts || mount -t tracefs none /sys/kernel/tracing; exec "$@"';
const PERF = ["perf", "record", "-a", "-q", "-k", "CLOCK_MONOTONIC", "-m", "4096"];

/**
 * Does something, and resolves with what it gave and all tracepoints of the host meanwhile, in order.
 *
 * @template T
 * @param {() => Promise<T>} body
 * @returns {Promise<{ result: T, tracepoints: Tracepoint[] }>}
 */
export async function traced(body) {
  const directory = mkdtempSync(join(tmpdir(), "bench-tracepoints-"));
  const file = join(directory, "perf.data");
  const control = ["--control", "fd:3,4", "-o", file];
  const child = running(
    spawn("unshare", ["-m", "sh", "-c", MOUNTED, "sh", ...PERF, ...control, ...EVENTS], {
      stdio: ["ignore", "ignore", "inherit", "pipe", "pipe"],
    }),
  );
  const end = once(child, "close");
  try {
    const [, , , commands, answers] = child.stdio;
    if (!commands || !("write" in commands) || !answers) throw new Error("no pipe to perf");
    const answer = once(answers, "data");
    commands.write("ping\n");
    await Promise.race([answer, end.then(() => Promise.reject(new Error("perf record ended")))]);
    const result = await body();
    commands.write("stop\n");
    await end;
    return { result, tracepoints: parse(scriptOf(file)) };
  } finally {
    child.kill("SIGINT");
    await end;
    rmSync(directory, { recursive: true });
  }
}

/** @param {string} file */
function scriptOf(file) {
  return execFileSync(
    "perf",
    ["script", "-i", file, "--ns", "--show-lost-events", "-F", "trace:pid,tid,time,event,trace"],
    { encoding: "latin1", maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "ignore"] },
  );
}

/** What perf script prints. @param {string} text @returns {Tracepoint[]} */
export function parse(text) {
  if (/PERF_RECORD_LOST/u.test(text)) throw new Error("perf itself lost records");
  // A program's name may hold line feeds.
  return text.split(/\n(?=\s*\d+\/\d+\s+\d+\.\d{9}:)/u).flatMap((entry) => parseEntry(entry) ?? []);
}

const ENTRY =
  /^\s*(\d+)\/(\d+)\s+(\d+)\.(\d{9}):\s+sched:sched_process_(fork|exec|exit): (.*?)\s*$/su;

/** @param {string} entry @returns {Tracepoint | undefined} */
function parseEntry(entry) {
  const [, pid, tid, seconds = "", nanoseconds = "", type, fields = ""] = ENTRY.exec(entry) ?? [];
  if (type === undefined) return undefined;
  const base = {
    timeNs: BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds),
    pid: Number(pid),
    tid: Number(tid),
  };
  // Names may hold anything: what counts stands after them.
  if (type === "fork") return { ...base, type, child: number(/ child_pid=(\d+)$/u, fields) };
  if (type === "exec") return { ...base, type, oldTid: number(/ old_pid=(\d+)$/u, fields) };
  const dead = / group_dead=(true|false)$/u.exec(fields)?.[1];
  return { ...base, type: "exit", isLast: dead === undefined ? undefined : dead === "true" };
}

/** @param {RegExp} pattern @param {string} text */
function number(pattern, text) {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`perf said what is not understood: ${text}`);
  return Number(found);
}
