import { spawn } from "node:child_process";
import { once } from "node:events";
import type { PerfRecord, SampleRecord } from "@task-watchers/perf";

/** Records as they were told. */
export class Collected {
  readonly records: PerfRecord[] = [];

  readonly onRecord = (record: PerfRecord): void => void this.records.push(record);

  get samples(): SampleRecord[] {
    return this.records.filter((record) => record.type === "sample");
  }

  /** Records lost, by the kernel's records of that. */
  get lost(): number {
    return this.records.reduce((n, record) => n + (record.type === "lost" ? record.count : 0), 0);
  }
}

/** Runs a command to its end. */
export async function run(command: string, ...args: string[]): Promise<void> {
  await once(spawn(command, args, { stdio: "ignore" }), "close");
}
