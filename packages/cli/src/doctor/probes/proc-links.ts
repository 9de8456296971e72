import { readdirSync, readlinkSync, statSync } from "node:fs";
import { type Probe, RefusedError } from "../probe.ts";
import { lacks } from "../refusal.ts";

/** Processes looked at, to be quick on a host with many. */
const LOOKED_AT = 2000;

interface Count {
  readable: number;
  refused: number;
}

/**
 * Whether the links of others' processes can be read, which takes what ptrace(2) takes. Some may refuse everybody, so the
 * greater number decides.
 */
export const procLinks: Probe = {
  name: "proc-links",
  title: "executable and working directory of other users' tasks",
  attempt: (_signal, host) => {
    const others = { readable: 0, refused: 0 };
    const own = { readable: 0, refused: 0 };
    for (const pid of readdirSync("/proc").filter(isOther).slice(0, LOOKED_AT)) {
      look(`/proc/${pid}`, host.user.uid, own, others);
    }
    if (others.readable + others.refused === 0 && host.hidepid !== null) {
      throw new RefusedError("no process of others is to be seen", lacks("CAP_SYS_PTRACE", host));
    }
    // Where nobody else runs anything, as for root on a quiet host, one's own have to do.
    const { readable, refused } = others.readable + others.refused > 0 ? others : own;
    if (readable + refused === 0) return "there is no other process to try it on";
    const found = `${readable} of ${readable + refused} can be read`;
    if (readable > refused) return found;
    throw new RefusedError(found, lacks("CAP_SYS_PTRACE", host), "EACCES");
  },
};

function isOther(name: string): boolean {
  return /^\d+$/u.test(name) && Number(name) !== process.pid;
}

function look(directory: string, uid: number, own: Count, others: Count): void {
  try {
    const count = statSync(directory).uid === uid ? own : others;
    try {
      readlinkSync(`${directory}/exe`);
      count.readable++;
    } catch (error) {
      // A thread of the kernel has no executable.
      if (error instanceof Error && "code" in error && error.code === "EACCES") count.refused++;
    }
  } catch {
    // It is gone.
  }
}
