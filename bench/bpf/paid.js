// @ts-check
/** What a workload pays while somebody listens: its own CPU time, in which the kernel's work for the listener is. */
import { readFileSync } from "node:fs";
import { compileC } from "@task-watchers/kernel-test/load";
import { timed } from "../measuring/timed.js";

const EXECS = 2400;
const PARALLEL = 4;

/** Nanoseconds of CPU time for each `true` that is forked, run and waited for. */
export async function paidNs() {
  const source = readFileSync(new URL("../capture/execs.c", import.meta.url), "utf8");
  const load = compileC(source, "capture-execs", ["-O2"]);
  const { program } = await timed([load, String(EXECS), String(PARALLEL), "/bin/true"]);
  return ((program.user + program.system) * 1e9) / EXECS;
}
