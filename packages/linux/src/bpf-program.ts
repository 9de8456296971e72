import { FileDescriptor } from "./file-descriptor.ts";
import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";
import { syscallNumber } from "./syscall-number.ts";

// enum bpf_cmd, include/uapi/linux/bpf.h
const BPF_PROG_LOAD = 5;
const BPF_OBJ_GET_INFO_BY_FD = 15;
const BPF_RAW_TRACEPOINT_OPEN = 17;
/** Bytes of union bpf_attr for BPF_PROG_LOAD that Linux 5.8 knows. */
const LOAD_BYTES = 120;
/** Bytes of a program's name, its NUL included. */
const BPF_OBJ_NAME_LEN = 16;
/** Bytes of an instruction. */
const INSTRUCTION_BYTES = 8;
/** Room for what the verifier says. What does not fit makes the call fail with ENOSPC; the end of it is what counts. */
const LOG_BYTES = 1 << 20;
/** struct bpf_prog_info up to and with recursion_misses, bytes. */
const INFO_BYTES = 216;
/** recursion_misses, a u64 (since Linux 5.12). */
const RECURSION_MISSES = 208;

/** The words of union bpf_attr for BPF_PROG_LOAD. */
export interface BpfProgramOptions {
  /** enum bpf_prog_type */
  readonly type: number;
  /** Instructions of 8 bytes each. */
  readonly instructions: Uint8Array;
  /** As the kernel reads it: helpers that read kernel memory want one that is compatible with GPL. */
  readonly license: string;
  /** Shown by `bpftool prog`; 15 ASCII letters, digits and underscores at most. */
  readonly name: string;
  /** enum bpf_attach_type */
  readonly attachType: number;
  /** BTF id of what it will be attached to. */
  readonly attachBtfId: number;
}

/** A program the kernel did not load, with what the verifier said. */
export class BpfLoadError extends Error {
  override readonly name = "BpfLoadError";
  /** `EACCES` or `EINVAL` from the verifier, `EPERM` for want of a capability. */
  readonly code: string;
  /** The verifier's words; empty when it was never reached. */
  readonly log: string;

  constructor(cause: SyscallError, log: string) {
    super(cause.message, { cause });
    this.code = cause.code;
    this.log = log;
  }
}

/**
 * Loads a program; it goes with its descriptor, once nothing is attached.
 *
 * @throws BpfLoadError
 */
export function loadBpfProgram(options: BpfProgramOptions): FileDescriptor {
  const fd = load(options, undefined);
  if (fd instanceof FileDescriptor) return fd;
  // Refused: once more for the log, which costs time that a good program need not spend.
  const log = new Uint8Array(LOG_BYTES);
  const again = load(options, log);
  if (again instanceof FileDescriptor) return again;
  throw new BpfLoadError(fd, Buffer.from(log).toString("latin1", 0, Math.max(0, log.indexOf(0))));
}

function load(
  options: BpfProgramOptions,
  log: Uint8Array | undefined,
): FileDescriptor | SyscallError {
  const { instructions, name } = options;
  const license = Buffer.from(`${options.license}\0`, "latin1");
  // The licence behind the attributes, so that it lives as long as they do.
  const attributes = new Uint8Array(LOAD_BYTES + license.byteLength);
  attributes.set(license, LOAD_BYTES);
  const words = new Uint32Array(attributes.buffer, 0, LOAD_BYTES / 4);
  const longs = new BigUint64Array(attributes.buffer, 0, LOAD_BYTES / 8);
  words[0] = options.type;
  words[1] = instructions.byteLength / INSTRUCTION_BYTES;
  longs[1] = libc().address(instructions);
  longs[2] = libc().address(attributes) + BigInt(LOAD_BYTES);
  if (log !== undefined) {
    words[6] = 1; // log_level
    words[7] = log.byteLength;
    longs[4] = libc().address(log);
  }
  // prog_name, at byte 48.
  attributes.set(Buffer.from(name, "latin1").subarray(0, BPF_OBJ_NAME_LEN - 1), 48);
  words[17] = options.attachType;
  words[27] = options.attachBtfId;
  const fd = libc().bpf(syscallNumber("bpf"), BPF_PROG_LOAD, attributes, LOAD_BYTES);
  return fd < 0 ? new SyscallError("bpf", libc().errno()) : new FileDescriptor(fd);
}

/**
 * Attaches a program to what it was loaded for, a tracepoint or a function; detached when the descriptor is closed.
 *
 * @throws SyscallError `EPERM`; `ENOTSUPP` (524) or `EBUSY` when the function cannot be traced; `ENOENT`
 */
export function attachBpfProgram(program: FileDescriptor): FileDescriptor {
  const attributes = new Uint8Array(16);
  // A name of null: the program itself knows. Then prog_fd, at byte 8.
  new Uint32Array(attributes.buffer)[2] = program.number;
  const number = syscallNumber("bpf");
  const fd = libc().bpf(number, BPF_RAW_TRACEPOINT_OPEN, attributes, attributes.byteLength);
  if (fd < 0) throw new SyscallError("bpf", libc().errno());
  return new FileDescriptor(fd);
}

/**
 * How often a program was passed over because it was already running on that CPU.
 *
 * @returns undefined before Linux 5.12, which does not count, and where asking is not allowed
 */
export function bpfProgramMisses(program: FileDescriptor): bigint | undefined {
  const info = new Uint8Array(INFO_BYTES);
  const attributes = new Uint8Array(16);
  const words = new Uint32Array(attributes.buffer);
  words[0] = program.number;
  words[1] = INFO_BYTES;
  new BigUint64Array(attributes.buffer)[1] = libc().address(info);
  const number = syscallNumber("bpf");
  if (libc().bpf(number, BPF_OBJ_GET_INFO_BY_FD, attributes, attributes.byteLength) < 0) {
    return undefined;
  }
  if ((words[1] ?? 0) < INFO_BYTES) return undefined;
  return new BigUint64Array(info.buffer)[RECURSION_MISSES / 8];
}
