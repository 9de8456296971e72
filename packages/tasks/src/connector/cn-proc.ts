/**
 * Process events on the wire: include/uapi/linux/cn_proc.h, include/uapi/linux/connector.h. Host byte order, no
 * attributes; one event a datagram.
 */
import { endianness } from "node:os";
import type { Datagrams } from "@task-watchers/netlink";

// include/uapi/linux/netlink.h
/** Protocol number of the connector. */
export const NETLINK_CONNECTOR = 11;
/** The type every connector message has. */
const NLMSG_DONE = 3;

// include/uapi/linux/connector.h
/** Connector index of process events; also the multicast group to join. */
export const CN_IDX_PROC = 1;
/** The only value under CN_IDX_PROC. */
const CN_VAL_PROC = 1;

// enum proc_cn_mcast_op
/** Start sending. */
export const PROC_CN_MCAST_LISTEN = 1;
/** Stop sending. */
export const PROC_CN_MCAST_IGNORE = 2;

// enum proc_cn_event
/** Acknowledges a request; never sent to a socket that has an event mask. */
export const PROC_EVENT_NONE = 0x00000000;
/** A task was made, a process or a thread; told before it runs. */
export const PROC_EVENT_FORK = 0x00000001;
/** A program was taken up. The event has ids alone: what it is stands in /proc, while it lives. */
export const PROC_EVENT_EXEC = 0x00000002;
/** A user id changed; the event has the real and the effective one. */
export const PROC_EVENT_UID = 0x00000004;
/** A group id changed; the event has the real and the effective one. */
export const PROC_EVENT_GID = 0x00000040;
/** A session began, by setsid(2); its id is the task's. */
export const PROC_EVENT_SID = 0x00000080;
/** A tracer came by PTRACE_ATTACH or PTRACE_SEIZE, or went by PTRACE_DETACH: then its ids are 0. */
export const PROC_EVENT_PTRACE = 0x00000100;
/** A task's name was set, by prctl(2) or in /proc; the event has it. Not told of an exec. */
export const PROC_EVENT_COMM = 0x00000200;
/** Only in a mask: exits with a status other than 0. */
export const PROC_EVENT_NONZERO_EXIT = 0x20000000;
/** A core image is due, before the exit; also where RLIMIT_CORE forbids it. With the parent's ids since Linux 4.18. */
export const PROC_EVENT_COREDUMP = 0x40000000;
/** A thread ended; with its status as wait(2) has it. */
export const PROC_EVENT_EXIT = 0x80000000;

/** The events that make up a task's life. */
export const LIFE_EVENTS = 0x80000047;

/** Kernel memory charged to the receive buffer for one queued event, bytes (measured on 6.18: 256 fill 212,992). */
export const QUEUED_EVENT_BYTES = 832;

/** Slot that holds one event: 76 bytes today, a multiple of 8. */
export const EVENT_SLOT_BYTES = 128;
/** Shortest event that carries a pid and a tgid: headers 36, what, cpu and time 16, two ids 8. */
const EVENT_MIN_BYTES = 60;
/** EXIT with the parent's ids (since Linux 4.18). */
export const EXIT_WITH_PARENT_BYTES = 76;
/** Offset of timestamp_ns; not aligned to 8. */
const EVENT_TIME_OFFSET = 44;

/** Index of each field among the datagram's 32-bit words. */
export const WORD = {
  /** nlmsg_len */
  length: 0,
  /** nlmsg_type and nlmsg_flags, 16 bits each */
  type: 1,
  /** cb_id.idx */
  idx: 4,
  /** cb_id.val */
  val: 5,
  /** cn_msg.seq: counts per CPU */
  sequence: 6,
  /** cn_msg.ack */
  ack: 7,
  what: 9,
  cpu: 10,
  /** First word of the event's own fields. */
  data: 13,
} as const;

const LITTLE_ENDIAN = endianness() === "LE";
/** What word 1 holds in every event: type NLMSG_DONE, no flags. */
const TYPE_WORD = LITTLE_ENDIAN ? NLMSG_DONE : NLMSG_DONE * 0x10000;

/** Whether datagram `i` is a whole process event. Who sent it is another question. */
export function isProcEvent(datagrams: Datagrams, i: number): boolean {
  const { words, size } = datagrams;
  const at = (i * size) / 4;
  const length = datagrams.length(i);
  return (
    length >= EVENT_MIN_BYTES &&
    (words[at] ?? 0) <= length &&
    words[at + WORD.type] === TYPE_WORD &&
    words[at + WORD.idx] === CN_IDX_PROC &&
    words[at + WORD.val] === CN_VAL_PROC
  );
}

/** When the event that begins at this byte happened: CLOCK_MONOTONIC, nanoseconds. */
export function eventTime(view: DataView, at: number): bigint {
  return view.getBigUint64(at + EVENT_TIME_OFFSET, LITTLE_ENDIAN);
}

/**
 * A request to the connector.
 *
 * @param ack number the acknowledgement repeats, plus one
 * @param mask events wanted (since Linux 6.6: older kernels drop the longer request without a word); absent for all
 */
export function encodeProcRequest(operation: number, ack: number, mask?: number): Uint8Array {
  const payload = mask === undefined ? [operation] : [operation, mask];
  const length = 36 + payload.length * 4;
  const bytes = new Uint8Array(length);
  const words = new Uint32Array(bytes.buffer);
  words[WORD.length] = length;
  words[WORD.type] = TYPE_WORD;
  words[WORD.idx] = CN_IDX_PROC;
  words[WORD.val] = CN_VAL_PROC;
  words[WORD.ack] = ack;
  // cn_msg.len, then cn_msg.flags: 16 bits each.
  new Uint16Array(bytes.buffer)[16] = payload.length * 4;
  words.set(payload, 9);
  return bytes;
}
