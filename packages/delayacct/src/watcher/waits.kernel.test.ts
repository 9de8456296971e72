// Needs of the kernel: taskstats, the process events connector; root, for the switch of delay accounting, and a memory cgroup.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import {
  capability,
  initialNamespaces,
  kernel,
  kernelTest,
  type Need,
  root,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { delayAccounting } from "../switch/sysctl.ts";
import { enableDelayAccounting } from "../switch/hold.ts";
import { makeMemoryCgroup, memoryCgroups } from "./memory-cgroup.fixture.ts";
import { runWatched } from "./run-watched.fixture.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, root, capability("CAP_NET_ADMIN")];

/** Somebody may want it on, on this machine. */
const off: Need = {
  name: "kernel.task_delayacct=0",
  isMet: () => delayAccounting() === "off",
  excuses: true,
};

/** A file of 64 MiB on a disk, nothing of it in memory yet, as far as that can be had. */
function bigFile(): Disposable & { readonly path: string } {
  const directory = mkdtempSync("/var/tmp/task-watchers-");
  const path = `${directory}/big`;
  const remove = (): void => rmSync(directory, { recursive: true });
  try {
    execFileSync("dd", [
      "if=/dev/urandom",
      `of=${path}`,
      "bs=1M",
      "count=64",
      "conv=fsync",
      "status=none",
    ]);
    // dd of nothing with nocache drops the file's pages.
    execFileSync("dd", [
      `of=${path}`,
      "oflag=nocache",
      "conv=notrunc,fdatasync",
      "count=0",
      "status=none",
    ]);
  } catch (error) {
    remove();
    throw error;
  }
  return { path, [Symbol.dispose]: remove };
}

kernelTest("Reading a disk waits for block I/O, with the switch on", NEEDS, async () => {
  await using _hold = await enableDelayAccounting();
  using file = bigFile();
  const dd = ["dd", `if=${file.path}`, "of=/dev/null", "bs=64k", "iflag=direct", "status=none"];
  const { own, status } = await runWatched(dd);
  const { accounting } = own;
  expect(accounting.blkioNs).toBeGreaterThan(0n);
  expect(accounting.shares.blkioNs).toBeGreaterThan(0n);
  expect(accounting.readBytes).toBeGreaterThanOrEqual(64n * 1024n * 1024n);
  expect(accounting.missing).toEqual({});
  expect(status.notes).toEqual(["figures are from taskstats, as of each task's end"]);
});

kernelTest(
  "With the switch off, waits for block I/O are absent, not 0",
  [...NEEDS, off],
  async () => {
    using file = bigFile();
    const dd = ["dd", `if=${file.path}`, "of=/dev/null", "bs=64k", "iflag=direct", "status=none"];
    const { own, status } = await runWatched(dd);
    expect(own.accounting.blkioNs).toBeUndefined();
    expect(own.accounting.missing).toMatchObject({
      blkioNs: "switched-off",
      irqNs: "switched-off",
    });
    expect(own.accounting.onCpuNs).toBeGreaterThan(0n);
    expect(status.notes.join("\n")).toContain("kernel.task_delayacct is 0");
  },
);

kernelTest(
  "A task with too little memory waits for it to be reclaimed",
  [...NEEDS, memoryCgroups],
  async () => {
    await using _hold = await enableDelayAccounting();
    using file = bigFile();
    using group = makeMemoryCgroup(16 * 1024 * 1024);
    const script = `echo $$ > ${group.procs} && exec dd if=${file.path} of=/dev/null bs=1M status=none`;
    const { own } = await runWatched(["sh", "-c", script]);
    expect(own.accounting.reclaimNs).toBeGreaterThan(0n);
    expect(own.accounting.missing).toEqual({});
  },
);
