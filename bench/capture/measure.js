// @ts-check
/** One load, and what one contender saw of it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileC } from "@task-watchers/kernel-test/load";
import { observed } from "../measuring/observer.js";
import { timed } from "../measuring/timed.js";
import { countSeen } from "./seen.js";

/** @typedef {import("./contenders.js").Contender} Contender */
/** @typedef {{ readonly seen: number, readonly seconds: number }} Captured seconds are what the load took */

const PROGRAM = "/bin/true";

/** @param {number} count @param {number} parallel */
function load(count, parallel) {
  const source = readFileSync(new URL("execs.c", import.meta.url), "utf8");
  return [compileC(source, "capture-execs", ["-O2"]), String(count), String(parallel), PROGRAM];
}

/** What the load takes when nobody watches: seconds. @param {number} count @param {number} parallel */
export async function unwatched(count, parallel) {
  return (await timed(load(count, parallel))).program.elapsed;
}

/**
 * @param {Contender} contender
 * @param {number} count
 * @param {number} parallel
 * @returns {Promise<Captured>}
 */
export async function measure(contender, count, parallel) {
  const { command, how, writesFile = false, ready, exec } = contender;
  const directory = mkdtempSync(join(tmpdir(), "bench-capture-"));
  const file = join(directory, "output");
  try {
    if (how === "under") {
      const { program } = await timed(load(count, parallel), { under: command(file) });
      return {
        seen: countSeen(linesOf(readFileSync(file, "latin1")), exec),
        seconds: program.elapsed,
      };
    }
    const observer = { command: command(file), ...(ready && { ready }) };
    const { result, output } = await observed(observer, () => timed(load(count, parallel)));
    const text = writesFile ? readFileSync(file, "latin1") : output;
    return { seen: countSeen(linesOf(text), exec), seconds: result.program.elapsed };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** @param {string} text */
function linesOf(text) {
  return text.split("\n");
}
