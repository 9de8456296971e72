// Needs: cc with the kernel's and the C library's headers, to compare every number with theirs.
import { cOffsets, compiler, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import {
  IOVEC_SIZE,
  MMSGHDR_SIZE,
  MSG_FLAGS,
  MSG_IOV,
  MSG_IOVLEN,
  MSG_LEN,
  MSG_NAME,
  MSG_NAMELEN,
  SOCKADDR_NL_SIZE,
} from "./datagram-batch.ts";
import { pidfdInfoLayout } from "./pidfd.ts";

kernelTest("the structs of recvmmsg(2) lie as DatagramBatch lays them out", [compiler], () => {
  const expected = {
    "sizeof(struct mmsghdr)": MMSGHDR_SIZE,
    "offsetof(struct mmsghdr, msg_hdr.msg_name)": MSG_NAME,
    "offsetof(struct mmsghdr, msg_hdr.msg_namelen)": MSG_NAMELEN,
    "offsetof(struct mmsghdr, msg_hdr.msg_iov)": MSG_IOV,
    "offsetof(struct mmsghdr, msg_hdr.msg_iovlen)": MSG_IOVLEN,
    "offsetof(struct mmsghdr, msg_hdr.msg_flags)": MSG_FLAGS,
    "offsetof(struct mmsghdr, msg_len)": MSG_LEN,
    "sizeof(struct iovec)": IOVEC_SIZE,
    "offsetof(struct iovec, iov_base)": 0,
    "offsetof(struct iovec, iov_len)": 8,
    "sizeof(struct sockaddr_nl)": SOCKADDR_NL_SIZE,
    "offsetof(struct sockaddr_nl, nl_pid)": 4,
    "offsetof(struct sockaddr_nl, nl_groups)": 8,
  };
  const headers = ["sys/socket.h", "linux/netlink.h"];
  expect(cOffsets({ headers, expressions: Object.keys(expected) })).toEqual(expected);
});

kernelTest("the numbers of calls, flags and errors are the headers' own", [compiler], () => {
  const expected = {
    SYS_pidfd_open: 434,
    SOCK_CLOEXEC: 0x80000,
    MSG_DONTWAIT: 0x40,
    MSG_TRUNC: 0x20,
    EPERM: 1,
    ESRCH: 3,
    EINTR: 4,
    EAGAIN: 11,
    EINVAL: 22,
    ENOTTY: 25,
    CLOCK_REALTIME: 0,
    CLOCK_MONOTONIC: 1,
    CLOCK_BOOTTIME: 7,
    PR_SET_NAME: 15,
    PR_GET_NAME: 16,
    "sizeof(struct timespec)": 16,
  };
  const headers = ["errno.h", "time.h", "sys/prctl.h", "sys/socket.h", "sys/syscall.h"];
  expect(cOffsets({ headers, expressions: Object.keys(expected) })).toEqual(expected);
});

kernelTest(
  "struct pidfd_info lies as its layout says, where the headers know it",
  [compiler],
  () => {
    const expected: Record<string, number> = {
      "offsetof(struct pidfd_info, mask)": pidfdInfoLayout.mask.offset,
      "offsetof(struct pidfd_info, pid)": pidfdInfoLayout.pid.offset,
      "offsetof(struct pidfd_info, exit_code)": pidfdInfoLayout.exitCode.offset,
      PIDFD_INFO_EXIT: 8,
    };
    // Headers before Linux 6.13 lack the struct; pidfd.kernel.test.ts then still proves the fields by what they hold.
    const found = cOffsets({ headers: ["linux/pidfd.h"], expressions: Object.keys(expected) });
    for (const [expression, value] of Object.entries(found))
      expect([expression, value]).toEqual([expression, expected[expression]]);
  },
);
