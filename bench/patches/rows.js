// @ts-check
/** The rows of the table: who watches, and how it is begun and ended. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { withAuditd } from "../audit/children.js";
import { isAlone, openQuietAudit, withRules } from "../audit/host.js";
import { cpuNsOfKernelThread, cpuNsOfTree } from "../measuring/cpu-time.js";
import { isInstalled } from "../measuring/installed.js";
import { observed } from "../measuring/observer.js";
import { timed } from "../measuring/timed.js";
import { CONFIGURATIONS } from "./configurations.js";

/** @typedef {import("../measuring/timed.js").Times} Times */
/**
 * @typedef {object} Run
 * @property {Times} build
 * @property {number} watcher seconds of CPU of whoever watched, and for audit of the kernel's thread that sends its records, while it watched;
 *   with the start of those that start the build
 * @property {number | undefined} lost events that ours knows it was not told; undefined where nobody counts
 */
/** @typedef {(build: readonly string[]) => Promise<Run>} Row */

const main = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));
const watcher = fileURLToPath(new URL("watcher.js", import.meta.url));

/** @type {Row} */
async function none(build) {
  return { build: (await timed(build)).program, watcher: 0, lost: undefined };
}

/** Rows of ours that listen to audit. */
const AUDITED = new Set(["audit", "everything"]);

/** CPU time of the thread of the kernel's that sends audit's records to whoever reads them. */
function sendingNs() {
  return cpuNsOfKernelThread("kauditd");
}

/** Ours, watching the whole host. @param {string} name @param {"bpf" | "connector"} source @returns {Row} */
function ours(name, source) {
  return async (build) => {
    const observer = { command: [process.execPath, watcher, name, source], isOurs: true };
    const before = sendingNs();
    const { result, output, cpuSeconds } = await observed(observer, () => timed(build));
    const sent = AUDITED.has(name) ? (sendingNs() - before) / 1e9 : 0;
    const { lost = 0, dropped = 0 } = JSON.parse(output.trim().split("\n").at(-1) ?? "{}");
    return { build: result.program, watcher: cpuSeconds + sent, lost: lost + dropped };
  };
}

/** A peer that watches the whole host. @param {readonly string[]} command @param {RegExp} [ready] @returns {Row} */
function beside(command, ready) {
  return async (build) => {
    const observer = { command, ...(ready && { ready }) };
    const { result, cpuSeconds } = await observed(observer, () => timed(build));
    return { build: result.program, watcher: cpuSeconds, lost: undefined };
  };
}

/** Who starts the build itself. @param {(file: string) => readonly string[]} commandOf given a file for its output @returns {Row} */
function under(commandOf) {
  return async (build) => {
    const directory = mkdtempSync(join(tmpdir(), "bench-under-"));
    try {
      const options = { under: commandOf(join(directory, "output")) };
      const { program, all } = await timed(build, options);
      const spent = all.user + all.system - program.user - program.system;
      return { build: program, watcher: spent, lost: undefined };
    } finally {
      rmSync(directory, { recursive: true });
    }
  };
}

/** @type {Row} */
async function auditd(build) {
  const client = await openQuietAudit();
  try {
    const daemonPid = async () => (await client.status()).pid;
    return await withRules(client, () =>
      withAuditd(daemonPid, async () => {
        const pid = await daemonPid();
        const cpuNs = () => cpuNsOfTree(pid) + sendingNs();
        const before = cpuNs();
        const { program } = await timed(build);
        // What is still in its queue is its work too.
        await delay(200);
        const watcher = (cpuNs() - before) / 1e9;
        if (!(await isAlone(client, { rules: true, daemon: pid }))) {
          throw new Error("somebody else has changed audit's rules or its daemon meanwhile");
        }
        return { build: program, watcher, lost: undefined };
      }),
    );
  } finally {
    client.close();
  }
}

const cli = [process.execPath, main, "run", "-q"];

/** All by the source that `watch` takes by itself where it may, and the first by the library's own, too. @type {Readonly<Record<string, Row>>} */
const OWN = {
  none,
  ...Object.fromEntries(Object.keys(CONFIGURATIONS).map((name) => [name, ours(name, "bpf")])),
  "by the connector": ours("chain and tasks", "connector"),
  "run --source proc": under((file) => [...cli, "--source", "proc", "--json", file, "--"]),
  "run --source bpf": under((file) => [...cli, "--source", "bpf", "--json", file, "--"]),
  "run --source stop": under((file) => [...cli, "--source", "stop", "--json", file, "--"]),
};

/** By the program's name; all with their output thrown away or in a file that is. @type {Readonly<Record<string, readonly [string, Row]>>} */
const PEERS = {
  forkstat: ["forkstat", beside(["forkstat", "-e", "fork,exec,exit"])],
  extrace: ["extrace", beside(["extrace", "-t"])],
  execsnoop: ["execsnoop", beside(["execsnoop"], /PCOMM/u)],
  strace: [
    "strace -f --seccomp-bpf",
    under((file) => ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=execve", "-o", file]),
  ],
  perf: [
    "perf record -F 99",
    under((file) => ["perf", "record", "-q", "-a", "-g", "-F", "99", "-o", file, "--"]),
  ],
  auditd: ["auditd with an execve rule", auditd],
};

/** Every row that can be had here, "none" first. @returns {ReadonlyMap<string, { readonly measure: Row, readonly isPeer: boolean }>} */
export function rows() {
  const all = new Map();
  for (const [name, measure] of Object.entries(OWN)) all.set(name, { measure, isPeer: false });
  for (const [program, [name, measure]] of Object.entries(PEERS)) {
    if (isInstalled(program)) all.set(name, { measure, isPeer: true });
  }
  return all;
}
