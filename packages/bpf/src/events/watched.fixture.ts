import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { compileC } from "@task-watchers/kernel-test";
import type { BpfEvent, BpfExecEvent, BpfExitEvent, BpfForkEvent, BpfLoss } from "./bpf-event.ts";
import type { BpfEvents } from "./bpf-events.ts";
import { openBpfEvents } from "./open-bpf-events.ts";
import type { BpfEventsOptions } from "./options.ts";

/** Room for some seconds of whatever the machine can make, so that a test's own events are never lost. */
const AMPLE_RING = 67_108_864;

/** What was told, in order. */
export interface Watched {
  readonly source: BpfEvents;
  readonly told: (BpfEvent | BpfLoss)[];
  readonly events: () => BpfEvent[];
  readonly forks: () => BpfForkEvent[];
  readonly execs: () => BpfExecEvent[];
  readonly exits: () => BpfExitEvent[];
}

/** Listens while `body` runs, then reads what is left; closed whatever happens. */
export async function watched(
  options: Partial<BpfEventsOptions>,
  body: (watched: Watched) => Promise<void>,
): Promise<void> {
  const told: (BpfEvent | BpfLoss)[] = [];
  const source = await openBpfEvents({
    ringBytes: AMPLE_RING,
    onEvent: (event) => void told.push(event),
    onLost: (loss) => void told.push(loss),
    ...options,
  });
  const events = (): BpfEvent[] => {
    source.drain();
    return told.filter((one): one is BpfEvent => "type" in one);
  };
  try {
    await body({
      source,
      told,
      events,
      forks: () => events().filter((one) => one.type === "fork"),
      execs: () => events().filter((one) => one.type === "exec"),
      exits: () => events().filter((one) => one.type === "exit"),
    });
  } finally {
    source.close();
  }
}

/** Runs a program to its end. */
export async function run(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<{ readonly pid: number; readonly stdout: string }> {
  const child: ChildProcess = spawn(file, args, {
    stdio: ["ignore", "pipe", "inherit"],
    ...options,
  });
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  await once(child, "close");
  return { pid: child.pid ?? 0, stdout };
}

/** The program that lives and ends in many ways; see lives.c. */
export function livesProgram(): string {
  return compileC(readFileSync(new URL("./lives.c", import.meta.url), "utf8"), "lives");
}
