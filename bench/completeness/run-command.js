// @ts-check
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { running } from "../measuring/interrupt.js";

/** @typedef {{ readonly pid: number, readonly code: number | null, readonly stdout: string, readonly stderr: string }} Ended */

/**
 * Runs a command to its end, in a group of its own, which ends with us.
 *
 * @param {readonly string[]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, mayFail?: boolean }} [options]
 * @returns {Promise<Ended>}
 */
export async function runCommand([file = "", ...args], { cwd, env, mayFail = false } = {}) {
  const child = running(
    spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], detached: true, cwd, env }),
  );
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code, signal] = await once(child, "close");
  const [stdout, stderr] = await output;
  if (code !== 0 && !mayFail) {
    throw new Error(`${file} ended with ${code ?? signal}: ${stderr.slice(-4000)}`);
  }
  return { pid: child.pid ?? 0, code, stdout, stderr };
}
