import { readFileSync } from "node:fs";
import { openPerfEvent, type PerfEventTarget } from "@task-watchers/linux";
import type { HostFacts } from "../host.ts";
import type { Probe } from "../probe.ts";
import { filtered, lacks, notInKernel, type Refusal } from "../refusal.ts";

// include/uapi/linux/perf_event.h
const PERF_TYPE_SOFTWARE = 1;
const PERF_COUNT_SW_CPU_CLOCK = 0;
/** Size of the first struct perf_event_attr: every kernel takes it. */
const PERF_ATTR_SIZE_VER0 = 64;
/** Bits of the word at byte 40. */
const DISABLED = 0x1;
const EXCLUDE_KERNEL = 0x20;
const EXCLUDE_HV = 0x40;

/** Whether our own tasks can be profiled. */
export const perfOwn: Probe = {
  name: "perf-own",
  title: "where the CPU time of one's own commands goes",
  attempt: () => {
    openClock({ pid: 0, cpu: -1 }, EXCLUDE_KERNEL);
    return "a clock on this process can be opened";
  },
  explain: (code, host) => explain(code, host, 2),
};

/** Whether the kernel's part of it is told. */
export const perfKernel: Probe = {
  name: "perf-kernel",
  title: "the same with the time inside the kernel",
  attempt: () => {
    openClock({ pid: 0, cpu: -1 }, 0);
    return "a clock that counts in the kernel can be opened";
  },
  explain: (code, host) => explain(code, host, 1),
};

/** Whether tasks of everybody can be profiled. */
export const perfHost: Probe = {
  name: "perf-host",
  title: "where the CPU time of the whole host goes",
  attempt: () => {
    const online = readFileSync("/sys/devices/system/cpu/online", "latin1");
    const cpu = Number.parseInt(online, 10);
    openClock({ pid: -1, cpu }, EXCLUDE_KERNEL);
    return `a clock on every task of CPU ${cpu} can be opened`;
  },
  explain: (code, host) => explain(code, host, 0),
};

/** Opens a stopped clock and closes it. */
function openClock(target: PerfEventTarget, exclude: number): void {
  const attributes = new Uint8Array(PERF_ATTR_SIZE_VER0);
  const words = new Uint32Array(attributes.buffer);
  words.set([PERF_TYPE_SOFTWARE, PERF_ATTR_SIZE_VER0, PERF_COUNT_SW_CPU_CLOCK]);
  // A bit field is laid out from the low bit on little-endian machines, which x64 and arm64 are.
  words[10] = DISABLED | EXCLUDE_HV | exclude;
  openPerfEvent(attributes, target).close();
}

/** @param enough the highest kernel.perf_event_paranoid that lets anybody */
function explain(code: string, host: HostFacts, enough: number): Refusal | undefined {
  if (code === "ENOSYS") return notInKernel("perf events", "a kernel with CONFIG_PERF_EVENTS=y");
  // The kernel's own refusal is EACCES.
  if (code === "EPERM") return filtered("before the kernel's own check");
  if (code !== "EACCES") return undefined;
  const paranoid = host.settings["kernel.perf_event_paranoid"];
  if (paranoid === null || paranoid <= enough) {
    return filtered(`although kernel.perf_event_paranoid is ${paranoid ?? "absent"}`);
  }
  const { reason, remedy } = lacks("CAP_PERFMON", host);
  return {
    reason: `${reason}, as kernel.perf_event_paranoid is ${paranoid}`,
    remedy: `${remedy}; or for everybody: sudo sysctl -w kernel.perf_event_paranoid=${enough}`,
  };
}
