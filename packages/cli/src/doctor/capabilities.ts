/** Capabilities in the order of their numbers, from 0: include/uapi/linux/capability.h. */
const NAMES = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_DAC_READ_SEARCH",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETPCAP",
  "CAP_LINUX_IMMUTABLE",
  "CAP_NET_BIND_SERVICE",
  "CAP_NET_BROADCAST",
  "CAP_NET_ADMIN",
  "CAP_NET_RAW",
  "CAP_IPC_LOCK",
  "CAP_IPC_OWNER",
  "CAP_SYS_MODULE",
  "CAP_SYS_RAWIO",
  "CAP_SYS_CHROOT",
  "CAP_SYS_PTRACE",
  "CAP_SYS_PACCT",
  "CAP_SYS_ADMIN",
  "CAP_SYS_BOOT",
  "CAP_SYS_NICE",
  "CAP_SYS_RESOURCE",
  "CAP_SYS_TIME",
  "CAP_SYS_TTY_CONFIG",
  "CAP_MKNOD",
  "CAP_LEASE",
  "CAP_AUDIT_WRITE",
  "CAP_AUDIT_CONTROL",
  "CAP_SETFCAP",
  "CAP_MAC_OVERRIDE",
  "CAP_MAC_ADMIN",
  "CAP_SYSLOG",
  "CAP_WAKE_ALARM",
  "CAP_BLOCK_SUSPEND",
  "CAP_AUDIT_READ",
  "CAP_PERFMON",
  "CAP_BPF",
  "CAP_CHECKPOINT_RESTORE",
] as const;

/** A capability by the name capabilities(7) gives it. */
export type CapabilityName = (typeof NAMES)[number];

/** The sets of /proc/PID/status that matter here. */
export interface CapabilitySets {
  /** In force now, by name; one newer than this list is `CAP_41`, say. */
  readonly effective: readonly string[];
  /** What this session can still be given. */
  readonly bounding: readonly string[];
  /** All that this kernel knows are in force. */
  readonly all: boolean;
}

/**
 * Capabilities from the text of /proc/PID/status.
 *
 * @param last number of the kernel's last capability, from /proc/sys/kernel/cap_last_cap
 */
export function parseCapabilities(status: string, last: number): CapabilitySets {
  const set = (field: string): string[] => {
    const hex = new RegExp(`^${field}:\\s*([0-9a-f]+)$`, "mu").exec(status)?.[1] ?? "0";
    return namesOf(BigInt(`0x${hex}`), last);
  };
  const effective = set("CapEff");
  return { effective, bounding: set("CapBnd"), all: effective.length === last + 1 };
}

/** The known capabilities that are not in a set. */
export function missingFrom(set: readonly string[], last: number = NAMES.length - 1): string[] {
  return NAMES.slice(0, last + 1).filter((name) => !set.includes(name));
}

function namesOf(bits: bigint, last: number): string[] {
  const names: string[] = [];
  for (let number = 0; number <= last; number++) {
    if ((bits & (1n << BigInt(number))) !== 0n) names.push(NAMES[number] ?? `CAP_${number}`);
  }
  return names;
}
