import { createSemaphores, removeSemaphores, semaphoreValue } from "@task-watchers/linux";
import type { Probe } from "../probe.ts";
import { lacks, notInKernel } from "../refusal.ts";

/** Whether semaphores can be made. */
export const semaphores: Probe = {
  name: "semaphores",
  title: "System V semaphores of one's own",
  attempt: () => withSemaphore(0o600, () => "a set can be made and removed"),
  explain: (code) => {
    if (code === "ENOSYS") return notInKernel("System V semaphores", "one with CONFIG_SYSVIPC=y");
    if (code !== "ENOSPC") return undefined;
    return {
      reason: "the host has as many semaphores, or sets of them, as kernel.sem allows",
      remedy:
        "ipcs -s lists them, ipcrm -s ID removes one; or raise the limit: man 5 proc, kernel/sem",
    };
  },
};

/** Whether the permissions of a set count for us; tried on one of ours that permits nothing to anybody. */
export const semaphoresOfOthers: Probe = {
  name: "semaphores-others",
  title: "System V semaphores of other users, whatever their permissions",
  attempt: () =>
    withSemaphore(0, (id) => {
      semaphoreValue(id, 0);
      return "a set that permits nobody to read was read";
    }),
  explain: (code, host) => (code === "EACCES" ? lacks("CAP_IPC_OWNER", host) : undefined),
};

function withSemaphore(mode: number, body: (id: number) => string): string {
  const id = createSemaphores(1, mode);
  try {
    return body(id);
  } finally {
    removeSemaphores(id);
  }
}
