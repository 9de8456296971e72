// Needs: cc with the kernel's and the C library's headers, to compare every number with theirs.
import { cOffsets, compiler, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { SA_FLAGS, SA_RESTART, SIGACTION_SIZE, SIGURG } from "./semaphore-interrupt.ts";
import { IPC_INFO, SEM_INFO, seminfoLayout, SEMINFO_SIZE } from "./semaphore-limits.ts";
import { IPC_NOWAIT, SEM_UNDO, SEMBUF_SIZE } from "./semaphore-operation.ts";
import { IPC_SET, IPC_STAT, semidLayout } from "./semaphore-status.ts";
import {
  GETALL,
  GETNCNT,
  GETPID,
  GETZCNT,
  IPC_CREAT,
  IPC_EXCL,
  SETALL,
  SETVAL,
} from "./semaphore-values.ts";
import { threadCallNumber } from "./thread-id.ts";

const HEADERS = ["errno.h", "signal.h", "limits.h", "sys/syscall.h"];

function compare(headers: readonly string[], expected: Readonly<Record<string, number>>): void {
  expect(cOffsets({ headers, expressions: Object.keys(expected) })).toEqual(expected);
}

kernelTest("numbers of commands, flags, calls and errors are the headers' own", [compiler], () => {
  compare([...HEADERS, "sys/sem.h"], {
    GETPID,
    GETALL,
    GETNCNT,
    GETZCNT,
    SETVAL,
    SETALL,
    IPC_CREAT,
    IPC_EXCL,
    IPC_SET,
    IPC_STAT,
    IPC_INFO,
    SEM_INFO,
    IPC_NOWAIT,
    SEM_UNDO,
    SIGURG,
    SA_RESTART,
    SYS_gettid: threadCallNumber("gettid"),
    SYS_tgkill: threadCallNumber("tgkill"),
    EPERM: 1,
    ENOENT: 2,
    EINTR: 4,
    E2BIG: 7,
    EAGAIN: 11,
    ENOMEM: 12,
    EACCES: 13,
    EEXIST: 17,
    EINVAL: 22,
    EFBIG: 27,
    ENOSPC: 28,
    ERANGE: 34,
    ENOSYS: 38,
    ENOMSG: 42,
    EIDRM: 43,
    ETIMEDOUT: 110,
    EALREADY: 114,
    ECANCELED: 125,
  });
});

kernelTest("the kernel's structs lie as laid out here", [compiler], () => {
  const { size, fields } = semidLayout();
  const struct = "struct semid64_ds";
  compare(["linux/types.h", "linux/sem.h"], {
    "sizeof(struct sembuf)": SEMBUF_SIZE,
    "offsetof(struct sembuf, sem_num)": 0,
    "offsetof(struct sembuf, sem_op)": 2,
    "offsetof(struct sembuf, sem_flg)": 4,
    [`sizeof(${struct})`]: size,
    [`offsetof(${struct}, sem_perm.key)`]: fields.key.offset,
    [`offsetof(${struct}, sem_perm.uid)`]: fields.uid.offset,
    [`offsetof(${struct}, sem_perm.gid)`]: fields.gid.offset,
    [`offsetof(${struct}, sem_perm.cuid)`]: fields.creatorUid.offset,
    [`offsetof(${struct}, sem_perm.cgid)`]: fields.creatorGid.offset,
    [`offsetof(${struct}, sem_perm.mode)`]: fields.mode.offset,
    [`offsetof(${struct}, sem_otime)`]: fields.operatedAt.offset,
    [`offsetof(${struct}, sem_ctime)`]: fields.changedAt.offset,
    [`offsetof(${struct}, sem_nsems)`]: fields.count.offset,
    "sizeof(struct seminfo)": SEMINFO_SIZE,
    ...Object.fromEntries(
      Object.entries(seminfoLayout).map(([name, { offset }]) => [
        `offsetof(struct seminfo, ${name})`,
        offset,
      ]),
    ),
  });
});

kernelTest("the C library's structs lie as the kernel's", [compiler], () => {
  const { size, fields } = semidLayout();
  compare(["signal.h", "sys/sem.h"], {
    "sizeof(struct semid_ds)": size,
    "offsetof(struct semid_ds, sem_otime)": fields.operatedAt.offset,
    "offsetof(struct semid_ds, sem_nsems)": fields.count.offset,
    "sizeof(struct sigaction)": SIGACTION_SIZE,
    "offsetof(struct sigaction, sa_handler)": 0,
    "offsetof(struct sigaction, sa_flags)": SA_FLAGS,
  });
});
