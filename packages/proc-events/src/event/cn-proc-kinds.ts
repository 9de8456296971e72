import type { ProcEventKind } from "./proc-event.ts";

// include/uapi/linux/cn_proc.h, enum proc_cn_event
/** The kernel's number of each kind: a bit of an event mask. */
export const EVENT_BITS: Readonly<Record<ProcEventKind, number>> = {
  fork: 0x00000001,
  exec: 0x00000002,
  uid: 0x00000004,
  gid: 0x00000040,
  sid: 0x00000080,
  ptrace: 0x00000100,
  comm: 0x00000200,
  coredump: 0x40000000,
  exit: 0x80000000,
};

/** In a mask, instead of `exit`: only exits whose status is not 0 (since Linux 6.6). No event has this number. */
export const PROC_EVENT_NONZERO_EXIT = 0x20000000;
