import { constants } from "node:os";
import type { ModelTask } from "../model/trace-model.ts";

const SIGNAL_NAMES = new Map<number, string>(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);

/** How a task ended: `"0"`, `"7"`, `"SIGSEGV, core dumped"`, `"unknown"`; `"running"` when it lived at the end of the trace. */
export function endText({ exit }: Pick<ModelTask, "exit">): string {
  if (exit === undefined) return "running";
  if (exit.signal !== undefined) {
    const name = SIGNAL_NAMES.get(exit.signal) ?? `SIG${exit.signal}`;
    return exit.coreDumped ? `${name}, core dumped` : name;
  }
  return exit.code === undefined ? "unknown" : String(exit.code);
}
