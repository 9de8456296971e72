// @ts-check
/** A listener in a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { cpuNsOfTree } from "../measuring/cpu-time.js";

/** @typedef {{ readonly events: number, readonly execs: number, readonly withArguments: number, readonly lost: number }} Heard */

const reader = fileURLToPath(new URL("./reader.js", import.meta.url));

/**
 * Does something while it listens.
 *
 * @template T
 * @param {string} what of `reader.js`
 * @param {(cpuNs: () => number) => Promise<T>} body
 * @returns {Promise<{ result: T, heard: Heard }>}
 */
export async function whileReading(what, body) {
  const child = spawn(process.execPath, [reader, what], { stdio: ["ignore", "pipe", "inherit"] });
  const end = once(child, "close");
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (said += text));
  try {
    await Promise.race([once(child.stdout, "data"), end]);
    if (child.exitCode !== null) throw new Error(`${what} ended with ${child.exitCode}`);
    const result = await body(() => cpuNsOfTree(child.pid ?? 0));
    child.kill("SIGTERM");
    await end;
    return { result, heard: JSON.parse(said.slice(said.indexOf("{"))) };
  } finally {
    child.kill("SIGTERM");
    await end;
  }
}
