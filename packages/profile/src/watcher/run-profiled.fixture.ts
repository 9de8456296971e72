import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import {
  type ModuleStatus,
  type SummaryTable,
  TaskWatchers,
  type TraceLine,
} from "@task-watchers/chain";
import { compileC } from "@task-watchers/kernel-test";
import { type TaskWatch, watchTasks } from "@task-watchers/tasks";
import type { CpuProfile } from "../profile/cpu-profile.ts";
import type { ProfileOptions } from "./options.ts";
import { createProfile } from "./profile.ts";
import { fromSamplesLine, type SamplesRecord } from "./samples-line.ts";

/** What became of a command. */
export interface Profiled {
  readonly pid: number;
  readonly result: CpuProfile;
  readonly records: readonly SamplesRecord[];
  readonly lines: readonly TraceLine[];
  readonly status: ModuleStatus;
  readonly summary: readonly SummaryTable[];
  readonly errors: readonly string[];
}

/** How a command is run. */
export interface RunOptions extends ProfileOptions {
  readonly threads?: boolean;
  /** Called once the command runs; the watch is closed when it is done (default: when all tasks have ended). */
  readonly during?: (watch: TaskWatch, pid: number) => Promise<void>;
}

/** Runs a command under a watch of its descent, with the module. */
export async function runProfiled(
  command: readonly string[],
  options: RunOptions = {},
): Promise<Profiled> {
  const { threads = false, during, ...moduleOptions } = options;
  const errors: string[] = [];
  const watchers = new TaskWatchers({ onError: (error) => void errors.push(error.message) });
  const module = createProfile(moduleOptions);
  watchers.load(module);
  const lines: TraceLine[] = [];
  await using watch = await watchTasks({
    watchers,
    threads,
    onLine: (line) => void lines.push(line),
  });
  const failed = watchers.list().find(({ state }) => state === "failed");
  if (failed !== undefined) throw new Error(failed.error);
  const [file = "", ...args] = command;
  const child = spawn(file, args, { stdio: ["ignore", "ignore", "inherit"] });
  const pid = child.pid ?? 0;
  watch.follow(pid);
  await (during?.(watch, pid) ?? watch.whenIdle());
  await watch.close();
  const result = module.result();
  if (result === undefined) throw new Error(`there is no result: ${errors.join()}`);
  const records = lines.map(fromSamplesLine).filter((record) => record !== undefined);
  const status = module.status();
  return { pid, result, records, lines, status, summary: module.summary(), errors };
}

/** CPU time in a profile by a name of each sample, nanoseconds. */
export function timeBy(
  { samples, stacks, frames, tasks }: CpuProfile,
  name: (command: string, leaf: string) => string,
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { task, stack, weightNs } of samples) {
    const leaf = frames[stacks[stack]?.at(-1) ?? -1]?.name ?? "";
    const key = name(tasks[task]?.command ?? "", leaf);
    sums[key] = (sums[key] ?? 0) + weightNs;
  }
  return sums;
}

/** The program of `busy.c`. */
export function busyProgram(): string {
  const source = readFileSync(new URL("busy.c", import.meta.url), "utf8");
  return compileC(source, "profile-busy", ["-fno-omit-frame-pointer"]);
}
