import { decodeText } from "@task-watchers/linux";
import { decodePath, type RecordPath } from "./record-path.ts";
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
    parentTgid: view.getUint32(at + EXIT.parentTgid, LE),
    ...(isLast ? { processStatus: view.getInt32(at + EXIT.processStatus, LE) } : {}),
  };
}

function decodeExec(view: DataView, at: number, size: number): BpfExecEvent | undefined {
  const parts = execParts(view, at, size);
  if (parts === undefined) return undefined;
  const { file, exe, cwd, argv, argvLength, argvMissing } = parts;
  return {
    type: "exec",
    timeNs: view.getBigUint64(at + HEAD.time, LE),
    pid: view.getUint32(at + HEAD.pid, LE),
    tgid: view.getUint32(at + HEAD.tgid, LE),
    startNs: view.getBigUint64(at + HEAD.start, LE),
    oldPid: view.getUint32(at + EXEC.oldPid, LE),
    // The length has the NUL in it.
    ...(file.byteLength > 0 && { filename: decodeText(file.subarray(0, -1)) }),
    exe,
    cwd,
    argv: argv.byteLength === 0 ? NOTHING : argv.slice(),
    argvLength,
    argvTruncated: argv.byteLength < argvLength,
    ...(argvMissing !== undefined && { argvMissing }),
    ruid: view.getUint32(at + EXEC.ruid, LE),
    euid: view.getUint32(at + EXEC.euid, LE),
    rgid: view.getUint32(at + EXEC.rgid, LE),
    egid: view.getUint32(at + EXEC.egid, LE),
    cgroupId: view.getBigUint64(at + EXEC.cgroup, LE),
  };
}

/** What follows an exec's head. The bytes are the ring's: to be copied before they are the kernel's again. */
export interface ExecParts {
  /** With its NUL. */
  readonly file: Uint8Array;
  readonly exe: RecordPath;
  readonly cwd: RecordPath;
  readonly argv: Uint8Array;
  readonly argvLength: number;
  readonly argvMissing: "EFAULT" | "ENOBUFS" | undefined;
}

/** @returns undefined when the lengths make no sense */
export function execParts(view: DataView, at: number, size: number): ExecParts | undefined {
  const fileBytes = Math.max(0, view.getInt32(at + EXEC.fileBytes, LE));
  const exeBytes = view.getUint32(at + EXEC.exeBytes, LE);
  const cwdBytes = view.getUint32(at + EXEC.cwdBytes, LE);
  const kept = view.getUint32(at + EXEC.argvKept, LE);
  if (EXEC_BYTES + fileBytes + exeBytes + cwdBytes + kept > size) return undefined;
  const exeAt = at + EXEC_BYTES + fileBytes;
  const cwdAt = exeAt + exeBytes;
  return {
    file: bytesAt(view, at + EXEC_BYTES, fileBytes),
    exe: decodePath(bytesAt(view, exeAt, exeBytes), view.getUint32(at + EXEC.exeEnd, LE)),
    cwd: decodePath(bytesAt(view, cwdAt, cwdBytes), view.getUint32(at + EXEC.cwdEnd, LE)),
    argv: bytesAt(view, cwdAt + cwdBytes, kept),
    argvLength: view.getUint32(at + EXEC.argvLength, LE),
    argvMissing: missingWhy(view, at),
  };
}

function missingWhy(view: DataView, at: number): "EFAULT" | "ENOBUFS" | undefined {
  if (view.getUint32(at + EXEC.trimmed, LE) !== 0) return "ENOBUFS";
  return view.getInt32(at + EXEC.argvError, LE) === 0 ? undefined : "EFAULT";
}

function bytesAt(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}
