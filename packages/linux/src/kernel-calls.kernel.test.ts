// Needs of the kernel: perf events, seccomp notification and SysV semaphores for any user; root for BPF; cc for the numbers.
import { readFileSync } from "node:fs";
import {
  capability,
  compiler,
  cOffsets,
  kernel,
  kernelTest,
  openDescriptors,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import {
  createBpfMap,
  createSemaphores,
  openPerfEvent,
  removeSemaphores,
  seccompActionAvailable,
  seccompNotificationSize,
  semaphoreValue,
} from "./index.ts";
import { syscallNumber } from "./syscall-number.ts";

/** struct perf_event_attr in its first size: software, cpu-clock, disabled without kernel and hypervisor. */
const CPU_CLOCK = new Uint8Array(
  Uint32Array.of(1, 64, ...Array(8).fill(0), 0x61, ...Array(5).fill(0)).buffer,
);

kernelTest("numbers of calls and commands are the headers' own", [compiler], () => {
  const expected = {
    SYS_perf_event_open: syscallNumber("perf_event_open"),
    SYS_bpf: syscallNumber("bpf"),
    SYS_seccomp: syscallNumber("seccomp"),
    SECCOMP_GET_ACTION_AVAIL: 2,
    SECCOMP_GET_NOTIF_SIZES: 3,
    BPF_MAP_CREATE: 0,
    IPC_PRIVATE: 0,
    IPC_CREAT: 0o1000,
    IPC_RMID: 0,
    GETVAL: 12,
    EOPNOTSUPP: 95,
    ENOSYS: 38,
    PERF_FLAG_FD_CLOEXEC: 8,
  };
  const headers = [
    "errno.h",
    "sys/sem.h",
    "sys/syscall.h",
    "linux/bpf.h",
    "linux/perf_event.h",
    "linux/seccomp.h",
  ];
  expect(cOffsets({ headers, expressions: Object.keys(expected) })).toEqual(expected);
});

kernelTest("openPerfEvent() opens a clock on ourselves and gives it back", [], () => {
  const before = openDescriptors();
  openPerfEvent(CPU_CLOCK, { pid: 0, cpu: -1 }).close();
  expect(openDescriptors()).toEqual(before);
});

kernelTest("openPerfEvent() refuses every task on every CPU, as the kernel does", [], () => {
  const open = () => openPerfEvent(CPU_CLOCK, { pid: -1, cpu: -1 });
  expect(open).toThrow(expect.objectContaining({ code: "EINVAL", syscall: "perf_event_open" }));
});

kernelTest(
  "seccompActionAvailable() tells a known action from an unknown one",
  [kernel("5.0")],
  () => {
    expect(seccompActionAvailable(0x7fc00000)).toBe(true);
    expect(seccompActionAvailable(0x7ffd0000)).toBe(false);
    expect(seccompNotificationSize()).toBeGreaterThanOrEqual(80);
  },
);

kernelTest("createBpfMap() makes a ring", [kernel("5.11"), capability("CAP_BPF")], () => {
  const before = openDescriptors();
  createBpfMap({ type: 27, keySize: 0, valueSize: 0, maxEntries: 65_536 }).close();
  expect(openDescriptors()).toEqual(before);
});

kernelTest("createSemaphores() makes a set that removeSemaphores() removes", [], () => {
  const id = createSemaphores(2, 0o600);
  const ids = () =>
    readFileSync("/proc/sysvipc/sem", "utf8")
      .split("\n")
      .map((line) => Number(line.trim().split(/\s+/u)[1]));
  expect(ids()).toContain(id);
  expect(semaphoreValue(id, 1)).toBe(0);
  removeSemaphores(id);
  expect(ids()).not.toContain(id);
  expect(() => semaphoreValue(id, 0)).toThrow(expect.objectContaining({ code: "EINVAL" }));
});
