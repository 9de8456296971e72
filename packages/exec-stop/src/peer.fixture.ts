import { readFileSync } from "node:fs";
import { compileC } from "@task-watchers/kernel-test";

/** Path of the program that makes odd execs; see peer.c. */
export function peer(): string {
  return compileC(readFileSync(new URL("peer.c", import.meta.url), "utf8"), "exec-stop-peer");
}
