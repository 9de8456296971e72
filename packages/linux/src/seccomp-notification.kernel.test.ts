// Needs of the kernel: seccomp user notification (Linux 5.5) and process_vm_readv for any user; cc for the numbers.
import { fstatSync, readFileSync, writeSync } from "node:fs";
import { compiler, cOffsets, kernelTest, openDescriptors } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import {
  createMemoryFile,
  FileDescriptor,
  pidfdOpen,
  pollReadable,
  readProcessMemory,
} from "./index.ts";
import { libc } from "./libc.ts";
import { syscallNumber } from "./syscall-number.ts";

kernelTest("numbers and structs of the exec stop are the headers' own", [compiler], () => {
  const expected = {
    SYS_memfd_create: syscallNumber("memfd_create"),
    MFD_CLOEXEC: 1,
    SECCOMP_SET_MODE_FILTER: 1,
    SECCOMP_FILTER_FLAG_SPEC_ALLOW: 4,
    SECCOMP_FILTER_FLAG_NEW_LISTENER: 8,
    SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: 0x20,
    SECCOMP_USER_NOTIF_FLAG_CONTINUE: 1,
    SECCOMP_IOCTL_NOTIF_RECV: 0xc050_2100,
    SECCOMP_IOCTL_NOTIF_SEND: 0xc018_2101,
    SECCOMP_IOCTL_NOTIF_ID_VALID: 0x4008_2102,
    PR_SET_NO_NEW_PRIVS: 38,
    PR_GET_NO_NEW_PRIVS: 39,
    POLLIN: 1,
    POLLERR: 8,
    POLLHUP: 0x10,
    POLLNVAL: 0x20,
    EINPROGRESS: 115,
    BPF_MAXINSNS: 4096,
    "sizeof(struct sock_filter)": 8,
    "offsetof(struct sock_filter, jt)": 2,
    "offsetof(struct sock_filter, k)": 4,
    "sizeof(struct sock_fprog)": 16,
    "offsetof(struct sock_fprog, filter)": 8,
    "sizeof(struct seccomp_notif)": 80,
    "offsetof(struct seccomp_notif, pid)": 8,
    "offsetof(struct seccomp_notif, data.nr)": 16,
    "offsetof(struct seccomp_notif, data.arch)": 20,
    "offsetof(struct seccomp_notif, data.args)": 32,
    "sizeof(struct seccomp_notif_resp)": 24,
    "offsetof(struct seccomp_notif_resp, error)": 16,
    "offsetof(struct seccomp_notif_resp, flags)": 20,
    "sizeof(struct iovec)": 16,
  };
  const headers = [
    ...["errno.h", "poll.h", "sys/ioctl.h", "sys/mman.h", "sys/prctl.h", "sys/syscall.h"],
    ...["sys/uio.h", "linux/filter.h", "linux/seccomp.h"],
  ];
  const found = cOffsets({ headers, expressions: Object.keys(expected) });
  // Headers older than a number lack it; the exec stop's own tests then still prove it by what it does.
  expect(found).toEqual(
    Object.fromEntries(Object.entries(expected).filter(([name]) => name in found)),
  );
  expect(Object.keys(found).length).toBeGreaterThan(25);
});

kernelTest(
  "createMemoryFile() makes a file that is closed on exec and gone with its descriptor",
  [],
  () => {
    const before = openDescriptors();
    const file = createMemoryFile("test", { executable: true });
    writeSync(file.number, "abc");
    expect(fstatSync(file.number).size).toBe(3);
    const flags = /flags:\s*(\d+)/u.exec(
      readFileSync(`/proc/self/fdinfo/${file.number}`, "utf8"),
    )?.[1];
    expect(Number.parseInt(flags ?? "", 8) & 0o2000000).toBe(0o2000000);
    file.close();
    expect(openDescriptors()).toEqual(before);
  },
);

kernelTest("readProcessMemory() reads piece after piece, as far as they can be read", [], () => {
  const memory = Buffer.from("0123456789".repeat(1000));
  const at = libc().address(memory);
  const into = new Uint8Array(10_000);
  const pieces = BigUint64Array.of(at, 3n, at + 5n, 2n, 8n, 4n, at, 4n);
  expect(readProcessMemory(process.pid, pieces, 4, into)).toBe(5);
  expect(Buffer.from(into.subarray(0, 5)).toString()).toBe("01256");
  expect(readProcessMemory(process.pid, pieces.subarray(4), 1, into)).toBe(0);
  expect(() => readProcessMemory(0x7fff_fff0, pieces, 1, into)).toThrow(
    expect.objectContaining({ code: "ESRCH", syscall: "process_vm_readv" }),
  );
  expect(() => readProcessMemory(process.pid, pieces, 5, into)).toThrow(RangeError);
});

kernelTest("pollReadable() tells nothing, something and the end apart", [], () => {
  // Readable only once we have ended.
  const idle = pidfdOpen(process.pid);
  const file = createMemoryFile("test");
  expect(pollReadable(idle)).toBe("idle");
  expect(pollReadable(idle, 1)).toBe("idle");
  expect(pollReadable(file)).toBe("readable");
  // No such descriptor.
  expect(pollReadable(new FileDescriptor(999_999))).toBe("ended");
  idle.close();
  file.close();
});
