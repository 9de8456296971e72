import { readFileSync } from "node:fs";
import { arch, hostname, release } from "node:os";
import { taskWatchers } from "@task-watchers/chain";
import { clockOffsets, monotonicNs } from "@task-watchers/linux";
import type { WatchCounters } from "@task-watchers/tasks";
import { type HeaderLine, TRACE_SCHEMA } from "@task-watchers/trace";
import type { RunArguments } from "./run-arguments.ts";
import { packageVersion } from "../version.ts";

/** First line of a run's trace. */
export function headerLine(args: RunArguments, counters: WatchCounters): HeaderLine {
  return {
    type: "header",
    schema: TRACE_SCHEMA,
    writer: { name: "task-watchers", version: packageVersion() },
    host: hostname(),
    kernel: release(),
    arch: arch(),
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim(),
    clock: {
      startNs: String(monotonicNs()),
      realtimeOffsetNs: String(clockOffsets().realtimeNs),
    },
    source: {
      kind: "connector",
      ...(counters.connector && { receiveBufferBytes: counters.connector.receiveBufferBytes }),
    },
    scope: "followed",
    command: args.command,
    modules: taskWatchers.list().map(({ name, version, lines }) => ({
      name,
      version,
      ...(lines && { lines }),
    })),
  };
}
