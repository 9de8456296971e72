import { existsSync, readFileSync } from "node:fs";
import { release, userInfo } from "node:os";
import { type CapabilitySets, parseCapabilities } from "./capabilities.ts";
import { isInFirstNetwork } from "./network.ts";
import { type Namespaces, readNamespaces } from "./namespaces.ts";

/** Settings of the kernel that decide what a user may watch. */
const SETTINGS = [
  "net.core.rmem_max",
  "kernel.task_delayacct",
  "kernel.perf_event_paranoid",
  "kernel.kptr_restrict",
  "kernel.unprivileged_bpf_disabled",
] as const;

/** Name of such a setting, as sysctl(8) has it. */
export type SettingName = (typeof SETTINGS)[number];

/** What does not depend on any watcher. */
export interface HostFacts {
  /** `v20.19.0` */
  readonly node: string;
  /** Release, as uname(2) gives it. */
  readonly kernel: string;
  /** As Node.js names it: `x64`, `arm64`. */
  readonly arch: string;
  readonly user: {
    /** Effective id; -1 where there are none. */
    readonly uid: number;
    readonly gid: number;
    /** Null for an id without an entry in the user database. */
    readonly name: string | null;
  };
  readonly capabilities: CapabilitySets;
  readonly namespaces: Namespaces;
  /** What tells that this is a container; null when nothing does. */
  readonly container: string | null;
  /** How /proc was mounted with regard to others' processes: `hidepid=2`, say; null when it hides none. */
  readonly hidepid: string | null;
  /** Each setting's number; null where the kernel has none, or it cannot be read. */
  readonly settings: Readonly<Record<SettingName, number | null>>;
}

/** Looks around. Opens nothing that stays open; needs no privilege. */
export function hostFacts(): HostFacts {
  const last = Number(text("/proc/sys/kernel/cap_last_cap") ?? 40);
  return {
    node: process.version,
    kernel: release(),
    arch: process.arch,
    user: { uid: process.geteuid?.() ?? -1, gid: process.getegid?.() ?? -1, name: userName() },
    capabilities: parseCapabilities(text("/proc/self/status") ?? "", last),
    namespaces: readNamespaces(isInFirstNetwork()),
    container: containerHint(text("/proc/self/cgroup") ?? "", existsSync, process.env),
    hidepid: parseHidepid(text("/proc/self/mountinfo") ?? ""),
    settings: {
      "net.core.rmem_max": setting("net.core.rmem_max"),
      "kernel.task_delayacct": setting("kernel.task_delayacct"),
      "kernel.perf_event_paranoid": setting("kernel.perf_event_paranoid"),
      "kernel.kptr_restrict": setting("kernel.kptr_restrict"),
      "kernel.unprivileged_bpf_disabled": setting("kernel.unprivileged_bpf_disabled"),
    },
  };
}

/** What looks like a container, in the order of how sure it is. */
export function containerHint(
  cgroup: string,
  exists: (path: string) => boolean,
  env: NodeJS.ProcessEnv,
): string | null {
  if (exists("/.dockerenv")) return "/.dockerenv is there";
  if (exists("/run/.containerenv")) return "/run/.containerenv is there";
  if (env["container"] !== undefined) return `the environment says container=${env["container"]}`;
  const runtime = /docker|kubepods|containerd|libpod|lxc|machine\.slice/u.exec(cgroup)?.[0];
  return runtime === undefined ? null : `the cgroup path names ${runtime}`;
}

/** The option of the mount that /proc/self is on (man 5 proc); the last one mounted there counts. */
export function parseHidepid(mountinfo: string): string | null {
  const mounts = mountinfo.split("\n").filter((line) => line.split(" ")[4] === "/proc");
  const value = /hidepid=([\w]+)/u.exec(mounts.at(-1) ?? "")?.[1];
  return value === undefined || value === "0" || value === "off" ? null : `hidepid=${value}`;
}

function setting(name: SettingName): number | null {
  const value = text(`/proc/sys/${name.replaceAll(".", "/")}`)?.trim();
  return value === undefined || !/^-?\d+$/u.test(value) ? null : Number(value);
}

function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
