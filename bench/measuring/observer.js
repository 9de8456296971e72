// @ts-check
/** A process that watches while something else happens: one of ours, or a peer. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { cpuNsOfTree } from "./cpu-time.js";

/**
 * @typedef {object} Observer
 * @property {readonly string[]} command
 * @property {boolean} [isOurs] says "ready" when it watches, and ends, with a line of JSON, when its input does
 * @property {RegExp} [ready] of a peer: what it prints when it watches (default: it is given a second)
 */
/** @typedef {{ readonly pid: number, cpuNs(): number }} Observing */

const PEER_START_MS = 1000;
const START_MS = 20_000;
const END_MS = 10_000;
/** Ours may have a lot to put back and to work up: symbols of a whole host, on a busy machine. */
const OWN_END_MS = 60_000;

/**
 * Does something while somebody watches; whoever watches has ended when this resolves.
 *
 * @template T
 * @param {Observer} observer
 * @param {(observing: Observing) => Promise<T>} body
 * @returns {Promise<{ result: T, output: string, cpuSeconds: number }>} output is what was printed
 */
export async function observed({ command, isOurs = false, ready }, body) {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
  const end = once(child, "close");
  /** @type {string[]} */
  const output = [];
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => output.push(text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said = (said + text).slice(-4000)));
  child.stdin.on("error", () => {});
  const pid = child.pid ?? 0;
  let result;
  let cpuNs = 0;
  try {
    await begun(child, isOurs ? /^ready$/mu : ready, () => `${output.join("")}${said}`);
    const before = cpuNsOfTree(pid);
    const observing = { pid, cpuNs: () => cpuNsOfTree(pid) - before };
    result = await body(observing);
    // What is still in its queue is its work too.
    await delay(200);
    cpuNs = observing.cpuNs();
    if (child.exitCode !== null) throw new Error(`${file} ended early: ${said}`);
  } finally {
    await ended(child, end, isOurs);
  }
  return { result, output: output.join(""), cpuSeconds: cpuNs / 1e9 };
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {RegExp | undefined} ready
 * @param {() => string} printed
 */
async function begun(child, ready, printed) {
  const hasStarted = () => child.exitCode === null && child.pid !== undefined;
  const deadline = performance.now() + (ready === undefined ? PEER_START_MS : START_MS);
  while (hasStarted() && performance.now() < deadline) {
    if (ready?.test(printed())) return;
    await delay(20);
  }
  if (!hasStarted()) throw new Error(`${child.spawnfile} did not start: ${printed()}`);
  if (ready === undefined) return;
  throw new Error(`${child.spawnfile} did not say that it watches: ${printed()}`);
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {Promise<unknown>} end
 * @param {boolean} isOurs
 */
async function ended(child, end, isOurs) {
  if (isOurs) child.stdin?.end();
  // As Ctrl-C does: that is how these programs are ended.
  else child.kill("SIGINT");
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGKILL"])) {
    const timeout = new AbortController();
    const late = delay(isOurs ? OWN_END_MS : END_MS, true, { signal: timeout.signal }).catch(
      () => false,
    );
    const isLate = await Promise.race([end.then(() => false), late]);
    timeout.abort();
    if (!isLate) return;
    process.stderr.write(`${child.spawnfile} does not end: ${signal}\n`);
    child.kill(signal);
  }
  await end;
}
