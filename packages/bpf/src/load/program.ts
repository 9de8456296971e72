import {
  attachBpfProgram,
  BpfLoadError,
  type FileDescriptor,
  loadBpfProgram,
  SyscallError,
} from "@task-watchers/linux";
import { BpfRefusedError } from "./refused-error.ts";

/** enum bpf_prog_type, include/uapi/linux/bpf.h. */
const BPF_PROG_TYPE_TRACING = 26;

/**
 * enum bpf_attach_type: a tracepoint, with typed arguments. So a program reads structs by plain loads, which the verifier holds
 * against the kernel's types, and which cost less than calls; Linux takes them since 5.5.
 */
const BPF_TRACE_RAW_TP = 23;

/** What the helpers that read memory ask for; this package is under MIT. */
const LICENSE = "Dual MIT/GPL";

/** A program and where it goes. */
export interface ProgramSource {
  /** Shown by `bpftool prog`. */
  readonly name: string;
  readonly instructions: Uint8Array;
  /** BTF id of the tracepoint's type. */
  readonly attachTo: number;
}

/** @throws BpfRefusedError */
export function loadProgram(source: ProgramSource): FileDescriptor {
  const { name, instructions, attachTo } = source;
  try {
    return loadBpfProgram({
      type: BPF_PROG_TYPE_TRACING,
      instructions,
      license: LICENSE,
      name,
      attachType: BPF_TRACE_RAW_TP,
      attachBtfId: attachTo,
    });
  } catch (error) {
    if (!(error instanceof BpfLoadError)) throw error;
    throw new BpfRefusedError(name, error.code, error.log, { cause: error });
  }
}

/** @throws BpfRefusedError */
export function attachProgram(name: string, program: FileDescriptor): FileDescriptor {
  try {
    return attachBpfProgram(program);
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    throw new BpfRefusedError(name, error.code, "", { cause: error });
  }
}
