// @ts-check
/** What a program took: elapsed time, and CPU time of it and of all it waited for. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileC } from "@task-watchers/kernel-test/load";
import { running } from "./interrupt.js";

/** Seconds. @typedef {{ readonly elapsed: number, readonly user: number, readonly system: number }} Times */
/**
 * @typedef {object} TimedRun
 * @property {Times} program
 * @property {Times} all the program and what it ran under; as `program` when that was nothing
 */

/**
 * Runs a program and times it, alone or under another one, such as strace(1), that is timed with it. Its output is thrown away.
 *
 * @param {readonly string[]} command
 * @param {{ under?: readonly string[], cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<TimedRun>}
 */
export async function timed(command, { under = [], cwd, env } = {}) {
  const source = readFileSync(new URL("timed.c", import.meta.url), "utf8");
  const timer = compileC(source, "timed", ["-O2"]);
  const directory = mkdtempSync(join(tmpdir(), "bench-timed-"));
  const [outer, inner] = [join(directory, "outer"), join(directory, "inner")];
  try {
    const [file = "", ...args] = [
      ...(under.length > 0 ? [timer, outer, ...under] : []),
      ...[timer, inner, ...command],
    ];
    // A group of its own, so that all of it can be ended at once.
    const child = running(
      spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", "ignore", "pipe"] }),
    );
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (said = (said + text).slice(-4000)));
    const [code, signal] = await once(child, "close");
    if (code !== 0) {
      throw new Error(`${[...under, ...command].join(" ")} ended with ${code ?? signal}:\n${said}`);
    }
    const program = read(inner);
    return { program, all: under.length > 0 ? read(outer) : program };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** @param {string} file @returns {Times} */
function read(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
