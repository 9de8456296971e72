import { readFileSync } from "node:fs";
import { arch, hostname, release } from "node:os";
import { clockOffsets, monotonicNs } from "@task-watchers/linux";
import { formatLine, type HeaderLine, TRACE_SCHEMA } from "@task-watchers/trace";
import { VERSION } from "../version.ts";
import type { SessionField } from "./protocol.ts";

/** The header that every listener of a relay gets, but for its session. */
export function relayHeader({ receiveBufferBytes }: { receiveBufferBytes?: number }): HeaderLine {
  return {
    type: "header",
    schema: TRACE_SCHEMA,
    writer: { name: "@task-watchers/proc-events", version: VERSION },
    host: hostname(),
    kernel: release(),
    arch: arch(),
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim(),
    clock: {
      startNs: String(monotonicNs()),
      realtimeOffsetNs: String(clockOffsets().realtimeNs),
    },
    source: { kind: "relay", ...(receiveBufferBytes !== undefined && { receiveBufferBytes }) },
    scope: "all",
    modules: [],
  };
}

/** Its line for one listener. */
export function headerLine(header: HeaderLine, relay: SessionField): string {
  return formatLine({ ...header, relay });
}
