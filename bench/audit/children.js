// @ts-check
/** The processes of a run: a reader of ours, and the host's own daemon, which alone outlives a SIGKILL of the run. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */
/**
 * @typedef {object} ReaderResult
 * @property {number} told
 * @property {number} lost
 * @property {number} execs
 * @property {number} whole
 * @property {number} missingSerials
 */

const READER = fileURLToPath(new URL("reader.js", import.meta.url));

/** Does something while a reader of ours listens. @param {"records" | "facts"} kind @param {(pid: number) => Promise<void>} body */
export async function withReader(kind, body) {
  const child = spawn(process.execPath, [READER, kind], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const end = once(child, "exit");
  try {
    if ((await lines.next()).value !== "ready") throw new Error("the reader did not start");
    await body(child.pid ?? 0);
    child.stdin.end();
    /** @type {ReaderResult} */
    const result = JSON.parse((await lines.next()).value);
    return result;
  } finally {
    // It may be stopped.
    child.kill("SIGCONT");
    child.stdin.end();
    await end;
  }
}

/** As Debian configures it, but for where its files are. @param {string} directory */
function configuration(directory) {
  return [
    `log_file = ${join(directory, "audit.log")}`,
    `plugin_dir = ${directory}`,
    "log_format = ENRICHED",
    "flush = INCREMENTAL_ASYNC",
    "freq = 50",
    "priority_boost = 4",
    "max_log_file = 8",
    "num_logs = 5",
    "max_log_file_action = ROTATE",
    "space_left = 10",
    "admin_space_left = 5",
    "space_left_action = IGNORE",
    "admin_space_left_action = IGNORE",
    "disk_full_action = IGNORE",
    "disk_error_action = IGNORE",
    "",
  ].join("\n");
}

/**
 * Does something while auditd is the daemon. It runs in the foreground and leaves rules and status alone.
 *
 * @template T
 * @param {() => Promise<number>} daemonPid what the kernel says
 * @param {() => Promise<T>} body
 */
export async function withAuditd(daemonPid, body) {
  const directory = mkdtempSync(join(tmpdir(), "bench-auditd-"));
  writeFileSync(join(directory, "auditd.conf"), configuration(directory), { mode: 0o600 });
  const child = spawn("auditd", ["-n", "-s", "nochange", "-c", directory], { stdio: "ignore" });
  const end = once(child, "exit");
  try {
    await become(child, daemonPid, () => child.pid ?? 0);
    return await body();
  } finally {
    child.kill("SIGTERM");
    await end;
    // The kernel lets go of a daemon when its socket is closed.
    rmSync(directory, { recursive: true });
  }
}

/** @param {ChildProcess} child @param {() => Promise<number>} daemonPid @param {() => number} wanted */
async function become(child, daemonPid, wanted) {
  const end = performance.now() + 10_000;
  while ((await daemonPid()) !== wanted()) {
    if (child.exitCode !== null || performance.now() > end) throw new Error("auditd did not start");
    await delay(20);
  }
}

/** Nanoseconds of CPU time a process has used, all its threads. @param {number} pid */
export function cpuNs(pid) {
  let sum = 0;
  for (const tid of readdirSync(`/proc/${pid}/task`)) {
    sum += Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, "latin1").split(" ")[0]);
  }
  return sum;
}
