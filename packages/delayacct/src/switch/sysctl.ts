import { readFileSync, writeFileSync } from "node:fs";
import { SwitchUnavailableError } from "./unavailable.ts";

/** Sysctl kernel.task_delayacct, since Linux 5.14. */
export const SWITCH_FILE = "/proc/sys/kernel/task_delayacct";

/** Whether the kernel keeps waits; `unknown` where it has no switch to read and only the boot option decides. */
export type DelayAccountingState = "on" | "off" | "unknown";

/** Whether the kernel keeps the waits, besides those for a CPU, of tasks that are forked from now on. Needs no privilege. */
export function delayAccounting(): DelayAccountingState {
  try {
    return readFileSync(SWITCH_FILE, "latin1").trim() === "0" ? "off" : "on";
  } catch {
    return "unknown";
  }
}

/** Makes sure that the switch may be written, without writing it. @throws SwitchUnavailableError */
export function requireWritable(): void {
  try {
    // No value it can have: the kernel checks the rights first, then refuses the value.
    writeFileSync(SWITCH_FILE, "2");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "EIO";
    if (code === "EINVAL") return;
    const [reason, remedy] = REFUSALS[code] ?? [
      `${SWITCH_FILE} could not be written`,
      "see the error's cause",
    ];
    throw new SwitchUnavailableError(code, reason, remedy, { cause: error });
  }
}

const BY_HAND = "have it switched on by root: sysctl -w kernel.task_delayacct=1";

const REFUSALS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  EACCES: [`only root may write ${SWITCH_FILE}`, `run as root, or ${BY_HAND}`],
  EPERM: [
    "it needs CAP_SYS_ADMIN in the initial user namespace",
    `run as root on the host, or ${BY_HAND}`,
  ],
  EROFS: ["/proc/sys is read-only here, as in a container", `on the host, ${BY_HAND}`],
  ENOENT: [
    `there is no ${SWITCH_FILE}`,
    "use Linux 5.14 or later with CONFIG_TASK_DELAY_ACCT=y; before, boot with delayacct",
  ],
};
