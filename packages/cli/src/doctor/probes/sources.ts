import {
  createBpfMap,
  pidfdOpen,
  seccompActionAvailable,
  seccompNotificationSize,
} from "@task-watchers/linux";
import { type Probe, RefusedError } from "../probe.ts";
import { lacks, notInKernel } from "../refusal.ts";

/** include/uapi/linux/seccomp.h */
const SECCOMP_RET_USER_NOTIF = 0x7fc0_0000;
/** enum bpf_map_type, include/uapi/linux/bpf.h */
const BPF_MAP_TYPE_RINGBUF = 27;
/** Fits every page size, bytes. */
const RING_BYTES = 65_536;

/** Whether a process can be held by a descriptor, and its end be waited for. */
export const pidfd: Probe = {
  name: "pidfd",
  title: "the end of any process one names, from a pidfd",
  attempt: () => {
    pidfdOpen(process.pid).close();
    return "a pidfd of this process can be opened";
  },
  explain: (code) => (code === "ENOSYS" ? notInKernel("pidfd", "Linux 5.3 or later") : undefined),
};

/** Whether a command's execs could be stopped and looked at. */
export const execStop: Probe = {
  name: "seccomp-notify",
  title: "every exec of one's own commands stopped and looked at, by seccomp",
  attempt: () => {
    if (!seccompActionAvailable(SECCOMP_RET_USER_NOTIF)) {
      throw new RefusedError("the action is not available", UNKNOWN_ACTION);
    }
    return `notifications of ${seccompNotificationSize()} bytes`;
  },
  explain: (code) => (code === "EINVAL" || code === "ENOSYS" ? UNKNOWN_ACTION : undefined),
};

const UNKNOWN_ACTION = notInKernel("seccomp notification", "Linux 5.0 or later");

/** Whether a program in the kernel could write events into a ring of ours. */
export const bpfRing: Probe = {
  name: "bpf-ring",
  title: "events of the whole host from a BPF program",
  attempt: () => {
    const ring = { keySize: 0, valueSize: 0, maxEntries: RING_BYTES };
    createBpfMap({ type: BPF_MAP_TYPE_RINGBUF, ...ring }).close();
    return "a ring can be made; loading a program that traces wants CAP_PERFMON as well";
  },
  explain: (code, host) => {
    if (code === "EINVAL") return notInKernel("BPF ring", "Linux 5.8 or later");
    if (code === "ENOSYS") return notInKernel("bpf(2)", "one with CONFIG_BPF_SYSCALL=y");
    return code === "EPERM" ? lacks("CAP_BPF", host) : undefined;
  },
};
