import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { type Probe, RefusedError } from "../probe.ts";
import { lacks } from "../refusal.ts";

/** Somebody else's process on any host: the first one. */
const INIT = "/proc/1";

/** Whether /proc shows the processes of others: their arguments, user and parent. */
export const procOthers: Probe = {
  name: "proc-others",
  title: "arguments and ids of other users' tasks, from /proc",
  attempt: () => {
    readFileSync(`${INIT}/stat`);
    readFileSync(`${INIT}/cmdline`);
    return "/proc/1/stat and /proc/1/cmdline can be read";
  },
  explain: (_code, { hidepid }) => ({
    reason: hidepid === null ? "/proc shows no process 1" : `/proc is mounted with ${hidepid}`,
    remedy:
      "sudo mount -o remount,hidepid=0 /proc; or its option gid= with a group of yours, or CAP_SYS_PTRACE",
  }),
};

/** What of a task's delays is told without any privilege. */
export const schedstat: Probe = {
  name: "schedstat",
  title: "time on a CPU and time waiting for one, from /proc",
  attempt: () => {
    const [ran, waited] = readFileSync("/proc/self/schedstat", "utf8").trim().split(" ");
    if (Number(ran) > 0) return `this process ran ${ran} ns and waited ${waited} ns`;
    throw new RefusedError("/proc/self/schedstat says nothing", {
      reason: "the kernel keeps no such figures",
      remedy: "use a kernel with CONFIG_SCHED_INFO=y",
    });
  },
};

/** Enough of /proc/kallsyms to hold an address that is not 0, bytes. */
const SYMBOLS_BYTES = 65_536;

/** Whether kernel addresses can be turned into names. */
export const kernelSymbols: Probe = {
  name: "kernel-symbols",
  title: "names of kernel functions, from /proc/kallsyms",
  attempt: (_signal, host) => {
    const lines = firstBytes("/proc/kallsyms", SYMBOLS_BYTES).split("\n");
    if (lines.some((line) => /^0*[1-9a-f]/u.test(line))) return "addresses are shown";
    throw new RefusedError("every address is shown as 0", lacks("CAP_SYSLOG", host));
  },
};

/** The beginning of a file; /proc gives as little as a page at a time. */
function firstBytes(path: string, limit: number): string {
  const bytes = Buffer.alloc(limit);
  const fd = openSync(path, "r");
  try {
    let length = 0;
    for (let got = 1; got > 0 && length < limit; length += got) {
      got = readSync(fd, bytes, length, limit - length, null);
    }
    return bytes.toString("latin1", 0, length);
  } finally {
    closeSync(fd);
  }
}
