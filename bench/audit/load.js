// @ts-check
/** The load: tasks that exec and end. */
import { compileC } from "@task-watchers/kernel-test/load";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

/** @param {string} name */
function sourceOf(name) {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}

/** Processes of which each makes one child after the other. */
export const WORKERS = 2;
/** What is run; its one argument is "end". */
export const PROGRAM = compileC(sourceOf("end.c"), "end", ["-O2", "-static", "-nostdlib"]);

/**
 * @param {number} seconds
 * @param {number} rate execs a second; 0 for as fast as they can
 * @returns {Promise<{ readonly execs: number, readonly seconds: number }>} what has ended
 */
export async function makeExecs(seconds, rate = 0) {
  const program = compileC(sourceOf("execs.c"), "execs", ["-O2"]);
  const numbers = [seconds, WORKERS, rate].map(String);
  const { stdout } = await run(program, [...numbers, PROGRAM]);
  return JSON.parse(stdout);
}
