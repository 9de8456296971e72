import { existsSync, readFileSync } from "node:fs";
import { NetlinkConnection, openNetlinkSocket } from "@task-watchers/netlink";
import { NETLINK_AUDIT } from "@task-watchers/netlink/constants";
import { decodeStruct, type Layout, u32 } from "@task-watchers/linux/layout";
import type { CapabilityName } from "../capabilities.ts";
import type { HostFacts } from "../host.ts";
import { type Probe, RefusedError } from "../probe.ts";
import { lacks, notInKernel, type Refusal } from "../refusal.ts";

// include/uapi/linux/audit.h
const AUDIT_GET = 1000;
const AUDIT_NLGRP_READLOG = 1;

interface AuditStatus {
  readonly enabled: number;
  readonly pid: number;
  readonly backlogLimit: number;
  readonly lost: number;
}

/** struct audit_status, as far as it is told here. */
const auditStatusLayout: Layout<AuditStatus> = {
  enabled: u32(4),
  pid: u32(12),
  backlogLimit: u32(20),
  lost: u32(24),
};
const AUDIT_STATUS_BYTES = 28;

/** Whether audit records can be read along. Joining and leaving are audit events themselves where audit is on. */
export const auditRead: Probe = {
  name: "audit-read",
  title: "audit records, read beside the audit daemon",
  attempt: (_signal, { namespaces }) => {
    const transport = openNetlinkSocket({ protocol: NETLINK_AUDIT, receiveBufferBytes: 0 });
    try {
      transport.join(AUDIT_NLGRP_READLOG);
    } finally {
      transport.close();
    }
    if (namespaces.net.first !== false) return "the group of readers can be joined";
    throw new RefusedError("joined, but no record will come", {
      reason: "the records go to the host's first network namespace, and this is another",
      remedy: "run in the host's network namespace (for a container: --network host)",
    });
  },
  explain: (code, host) => explain("CAP_AUDIT_READ", code, host),
};

/** Whether the audit system takes requests of ours; one that asks changes nothing. */
export const auditControl: Probe = {
  name: "audit-control",
  title: "audit status and rules",
  attempt: async (signal) => {
    using connection = new NetlinkConnection(
      openNetlinkSocket({ protocol: NETLINK_AUDIT, receiveBufferBytes: 0 }),
    );
    const reply = await connection.request({ type: AUDIT_GET }, { name: "AUDIT_GET", signal });
    const payload = reply.messages[0]?.payload ?? new Uint8Array(0);
    return describe(decodeStruct("audit status", auditStatusLayout, payload, AUDIT_STATUS_BYTES));
  },
  explain: (code, host) =>
    code === "EPERM" && host.namespaces.pid.first === false
      ? {
          reason:
            "the audit system takes no requests from another pid namespace than the host's first",
          remedy: "run in the host's pid namespace (for a container: --pid host)",
        }
      : explain("CAP_AUDIT_CONTROL", code, host),
};

function describe({ enabled, pid, backlogLimit, lost }: AuditStatus): string {
  const state = ["off", "on", "on and locked until the next boot"][enabled] ?? `state ${enabled}`;
  const daemon = pid === 0 ? "no audit daemon" : `audit daemon: process ${pid}`;
  return `audit is ${state}; ${daemon}; backlog limit ${backlogLimit}; ${lost} records lost`;
}

function explain(capability: CapabilityName, code: string, host: HostFacts): Refusal | undefined {
  if (code === "EPERM") return lacks(capability, host);
  if (code === "EPROTONOSUPPORT") {
    return withoutAudit(text("/proc/cmdline"), existsSync("/proc/self/loginuid"));
  }
  if (code !== "ECONNREFUSED" || host.namespaces.user.first === true) return undefined;
  return {
    reason: "the audit system answers nobody in another user namespace than the host's first",
    remedy: "run outside of it; a rootless container is a user namespace of its own",
  };
}

/**
 * Why the kernel has no audit socket.
 *
 * @param commandLine what the kernel was booted with
 * @param isBuiltIn whether it was built with audit
 */
export function withoutAudit(commandLine: string, isBuiltIn: boolean): Refusal {
  // One such word is enough, whatever follows (kernel/audit.c: audit_enable).
  if (isBuiltIn && /(?:^|\s)audit=(?:0|off)(?:\s|$)/iu.test(commandLine)) {
    return {
      reason: "the kernel was booted with audit=0",
      remedy: "take audit=0 off the kernel's command line and reboot",
    };
  }
  return notInKernel("audit", "a kernel with CONFIG_AUDIT=y");
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
