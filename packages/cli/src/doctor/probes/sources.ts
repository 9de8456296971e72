import { pidfdOpen, seccompActionAvailable, seccompNotificationSize } from "@task-watchers/linux";
import { type Probe, RefusedError } from "../probe.ts";
import { notInKernel } from "../refusal.ts";

/** include/uapi/linux/seccomp.h */
const SECCOMP_RET_USER_NOTIF = 0x7fc0_0000;

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
