import { readFileSync, readlinkSync } from "node:fs";

// include/linux/proc_ns.h: the inode number of the first pid namespace, fixed for ever.
const INITIAL_PID_NAMESPACE = "pid:[4026531836]";

// include/uapi/linux/capability.h
const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;
const CAP_BPF = 39n;

/** Whether process ids here are those that the kernel's own structs have. */
export function inFirstPidNamespace(): boolean {
  try {
    return readlinkSync("/proc/self/ns/pid") === INITIAL_PID_NAMESPACE;
  } catch {
    // Without /proc nothing says that they are not.
    return true;
  }
}

/** Names of the capabilities that are missing of those that loading and attaching need; undefined when it cannot be known. */
export function missingCapabilities(): string[] | undefined {
  const hex = /^CapEff:\s*([0-9a-f]+)$/mu.exec(read("/proc/self/status") ?? "")?.[1];
  if (hex === undefined) return undefined;
  const effective = BigInt(`0x${hex}`);
  const has = (capability: bigint): boolean => (effective & (1n << capability)) !== 0n;
  if (has(CAP_SYS_ADMIN)) return [];
  return [...(has(CAP_BPF) ? [] : ["CAP_BPF"]), ...(has(CAP_PERFMON) ? [] : ["CAP_PERFMON"])];
}

/** Whether the kernel is locked down so far that programs may not read its memory. */
export function isLockedDown(): boolean {
  return read("/sys/kernel/security/lockdown")?.includes("[confidentiality]") ?? false;
}

/** One more than the highest number that a CPU of this machine can get. */
export function cpuSlots(): number {
  const list = read("/sys/devices/system/cpu/possible") ?? "";
  const highest = Math.max(-1, ...(list.match(/\d+/gu) ?? []).map(Number));
  // The kernel's own limit is 8192 (CONFIG_NR_CPUS).
  return highest < 0 || highest >= 8192 ? 8192 : highest + 1;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
