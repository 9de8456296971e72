import { decodeText } from "@task-watchers/linux";
import type { BpfEvent, BpfExecEvent, BpfExitEvent } from "./bpf-event.ts";
import {
  EXEC,
  EXEC_BYTES,
  EXIT,
  EXIT_BYTES,
  FORK,
  FORK_BYTES,
  HEAD,
  HEAD_BYTES,
  KIND,
} from "./record-layout.ts";

/** Programs run on x64 and arm64, both little-endian. */
const LE = true;
/** The bit of a wait status that says that there is a core image. */
const CORE_BIT = 0x80;
const SIGNAL_MASK = 0x7f;
const NOTHING = new Uint8Array(0);

/** Events lost before this record, the lower 32 bits of the count. @param size at least 8 */
export function lostBefore(view: DataView, at: number): number {
  return view.getUint32(at + HEAD.lost, LE);
}

/** Copies a record out of the ring. @returns undefined when it is none of ours */
export function decodeRecord(view: DataView, at: number, size: number): BpfEvent | undefined {
  if (size < HEAD_BYTES) return undefined;
  const kind = view.getUint32(at + HEAD.kind, LE);
  if (kind === KIND.fork && size >= FORK_BYTES) return decodeFork(view, at);
  if (kind === KIND.exit && size >= EXIT_BYTES) return decodeExit(view, at);
  if (kind === KIND.exec && size >= EXEC_BYTES) return decodeExec(view, at, size);
  return undefined;
}

function decodeFork(view: DataView, at: number): BpfEvent {
  const pid = view.getUint32(at + HEAD.pid, LE);
  const tgid = view.getUint32(at + HEAD.tgid, LE);
  return {
    type: "fork",
    timeNs: view.getBigUint64(at + HEAD.time, LE),
    pid,
    tgid,
    startNs: view.getBigUint64(at + HEAD.start, LE),
    isThread: pid !== tgid,
    parentPid: view.getUint32(at + FORK.parentPid, LE),
    parentTgid: view.getUint32(at + FORK.parentTgid, LE),
    creatorPid: view.getUint32(at + FORK.creatorPid, LE),
    creatorTgid: view.getUint32(at + FORK.creatorTgid, LE),
  };
}

function decodeExit(view: DataView, at: number): BpfExitEvent {
  const status = view.getInt32(at + EXIT.status, LE);
  const signal = status & SIGNAL_MASK;
  const isLast = view.getUint32(at + EXIT.last, LE) === 1;
  return {
    type: "exit",
    timeNs: view.getBigUint64(at + HEAD.time, LE),
    pid: view.getUint32(at + HEAD.pid, LE),
    tgid: view.getUint32(at + HEAD.tgid, LE),
    startNs: view.getBigUint64(at + HEAD.start, LE),
    ...(signal === 0 ? { code: (status >> 8) & 0xff } : { signal }),
    coreDumped: (status & CORE_BIT) !== 0,
    isLast,
    ...(isLast ? { processStatus: view.getInt32(at + EXIT.processStatus, LE) } : {}),
  };
}

function decodeExec(view: DataView, at: number, size: number): BpfExecEvent | undefined {
  const fileBytes = Math.max(0, view.getInt32(at + EXEC.fileBytes, LE));
  const kept = view.getUint32(at + EXEC.argvKept, LE);
  if (EXEC_BYTES + fileBytes + kept > size) return undefined;
  const length = view.getUint32(at + EXEC.argvLength, LE);
  const missing = missingWhy(view, at);
  return {
    type: "exec",
    timeNs: view.getBigUint64(at + HEAD.time, LE),
    pid: view.getUint32(at + HEAD.pid, LE),
    tgid: view.getUint32(at + HEAD.tgid, LE),
    startNs: view.getBigUint64(at + HEAD.start, LE),
    oldPid: view.getUint32(at + EXEC.oldPid, LE),
    // The length has the NUL in it.
    ...(fileBytes > 0 ? { exe: decodeText(bytesAt(view, at + EXEC_BYTES, fileBytes - 1)) } : {}),
    argv: kept === 0 ? NOTHING : bytesAt(view, at + EXEC_BYTES + fileBytes, kept).slice(),
    argvLength: length,
    argvTruncated: kept < length,
    ...(missing === undefined ? {} : { argvMissing: missing }),
    ruid: view.getUint32(at + EXEC.ruid, LE),
    euid: view.getUint32(at + EXEC.euid, LE),
    rgid: view.getUint32(at + EXEC.rgid, LE),
    egid: view.getUint32(at + EXEC.egid, LE),
    cgroupId: view.getBigUint64(at + EXEC.cgroup, LE),
  };
}

function missingWhy(view: DataView, at: number): "EFAULT" | "ENOBUFS" | undefined {
  if (view.getUint32(at + EXEC.trimmed, LE) !== 0) return "ENOBUFS";
  return view.getInt32(at + EXEC.argvError, LE) === 0 ? undefined : "EFAULT";
}

function bytesAt(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}
