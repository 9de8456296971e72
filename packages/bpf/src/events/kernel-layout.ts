import { BtfError } from "../btf/btf-error.ts";
import type { Btf } from "../btf/btf.ts";
import { findMember } from "../btf/member.ts";
import { BTF_KIND_FUNC_PROTO, BTF_KIND_PTR, BTF_KIND_TYPEDEF } from "../btf/type-kind.ts";

/** Members that the programs read, with the bytes that they are read with. */
const MEMBERS = {
  "task_struct.pid": 4,
  "task_struct.tgid": 4,
  "task_struct.start_boottime": 8,
  "task_struct.real_parent": 8,
  "task_struct.group_leader": 8,
  "task_struct.exit_code": 4,
  "task_struct.signal": 8,
  "task_struct.mm": 8,
  "task_struct.cred": 8,
  "signal_struct.live.counter": 4,
  "signal_struct.flags": 4,
  "signal_struct.group_exit_code": 4,
  "task_struct.fs": 8,
  "fs_struct.pwd.mnt": 8,
  "fs_struct.pwd.dentry": 8,
  "mm_struct.arg_start": 8,
  "mm_struct.arg_end": 8,
  "linux_binprm.filename": 8,
  "linux_binprm.file": 8,
  "file.f_path.mnt": 8,
  "file.f_path.dentry": 8,
  "dentry.d_parent": 8,
  "dentry.d_name.name": 8,
  "dentry.d_hash.pprev": 8,
  "mount.mnt_parent": 8,
  "mount.mnt_mountpoint": 8,
  "mount.mnt.mnt_root": 8,
  "cred.uid.val": 4,
  "cred.euid.val": 4,
  "cred.gid.val": 4,
  "cred.egid.val": 4,
} as const;

/** A member that the programs read, by its path. */
export type MemberPath = keyof typeof MEMBERS;

/** Of a struct mount, the part that the rest of the kernel knows: what a struct path points to. */
const VFSMOUNT = "mount.mnt";

/** What the programs need to know of the running kernel. */
export interface KernelLayout {
  /** Bytes from the start of the struct. */
  readonly offsets: Readonly<Record<MemberPath, number>>;
  /** Bytes from the start of a struct mount to the struct vfsmount in it. */
  readonly vfsmount: number;
  /** BTF ids of the tracepoints' types. */
  readonly attachTo: {
    readonly task_newtask: number;
    readonly sched_process_exec: number;
    readonly sched_process_exit: number;
  };
  /** Whether sched_process_exit says if the thread was its process's last (since Linux 6.16). */
  readonly exitSaysLast: boolean;
}

/** @throws BtfError naming what is not there, or is not as it should be */
export function readKernelLayout(btf: Btf): KernelLayout {
  const offsets: Partial<Record<MemberPath, number>> = {};
  for (const [path, size] of Object.entries(MEMBERS) as [MemberPath, number][]) {
    const member = findMember(btf, path);
    if (member === undefined) throw new BtfError(`the kernel has no ${path}`);
    if (member.size !== size || member.bits !== undefined || member.offset > 0x7fff) {
      throw new BtfError(`${path} has ${member.size} bytes at ${member.offset}, not ${size}`);
    }
    offsets[path] = member.offset;
  }
  const vfsmount = findMember(btf, VFSMOUNT)?.offset;
  if (vfsmount === undefined) throw new BtfError(`the kernel has no ${VFSMOUNT}`);
  const exit = tracepoint(btf, "sched_process_exit");
  return {
    offsets: offsets as Record<MemberPath, number>,
    vfsmount,
    attachTo: {
      task_newtask: tracepoint(btf, "task_newtask"),
      sched_process_exec: tracepoint(btf, "sched_process_exec"),
      sched_process_exit: exit,
    },
    // The prototype's first parameter is the tracepoint's own, the second the task.
    exitSaysLast: parameters(btf, exit) >= 3,
  };
}

/** A tracepoint's type is a typedef of a pointer to a prototype: include/trace/bpf_probe.h. */
function tracepoint(btf: Btf, name: string): number {
  const id = btf.find(BTF_KIND_TYPEDEF, `btf_trace_${name}`);
  if (id === undefined) throw new BtfError(`the kernel has no tracepoint ${name}`);
  return id;
}

function parameters(btf: Btf, typedef: number): number {
  const pointer = btf.sizeOrType(typedef);
  const prototype = btf.kind(pointer) === BTF_KIND_PTR ? btf.sizeOrType(pointer) : 0;
  if (prototype === 0 || btf.kind(prototype) !== BTF_KIND_FUNC_PROTO) {
    throw new BtfError(`type ${typedef} is no tracepoint`);
  }
  return btf.parts(prototype);
}
