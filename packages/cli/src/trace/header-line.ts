import { readFileSync } from "node:fs";
import { arch, hostname, release } from "node:os";
import { taskWatchers } from "@task-watchers/chain";
import { clockOffsets, monotonicNs } from "@task-watchers/linux/clock";
import { type HeaderLine, TRACE_SCHEMA } from "@task-watchers/trace";
import { packageVersion } from "../version.ts";

/** What a header says of the watch. */
export interface HeaderFacts {
  readonly scope: "all" | "followed";
  readonly command?: readonly string[];
  /** Bytes of kernel memory for events not read yet. */
  readonly receiveBufferBytes: number | undefined;
  /** Where events come from (default the connector). */
  readonly kind?: string;
  /** Where execs are learned from; absent when that is not chosen. */
  readonly execs?: "stop" | "bpf" | "proc";
}

/** First line of a trace. */
export function headerLine(facts: HeaderFacts): HeaderLine {
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
      kind: facts.kind ?? "connector",
      ...(facts.execs && { execs: facts.execs }),
      ...(facts.receiveBufferBytes !== undefined && {
        receiveBufferBytes: facts.receiveBufferBytes,
      }),
    },
    scope: facts.scope,
    ...(facts.command && { command: facts.command }),
    modules: taskWatchers.list().map(({ name, version, lines }) => ({
      name,
      version,
      ...(lines && { lines }),
    })),
  };
}
