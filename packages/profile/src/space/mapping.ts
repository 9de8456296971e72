/** What kind of memory is mapped. */
export type MappingKind =
  | "file"
  /** No file's: what runs here was made at run time. */
  | "anonymous"
  | "vdso"
  /** The kernel's own, such as `[uprobes]`. */
  | "special";

/** Executable memory of a process, from the one address to before the other. */
export interface Mapping {
  readonly start: bigint;
  readonly end: bigint;
  /** In the file, bytes. */
  readonly offset: bigint;
  readonly major: number;
  readonly minor: number;
  readonly inode: bigint;
  /** As the process saw it; any text at all. */
  readonly path: string;
  readonly kind: MappingKind;
}

/** By the name that the kernel gives a mapping, in MMAP2 records and in /proc/PID/maps. */
export function mappingKind(path: string): MappingKind {
  if (path === "[vdso]") return "vdso";
  if (path === "" || ANONYMOUS.test(path)) return "anonymous";
  return path.startsWith("/") ? "file" : "special";
}

/** Memory files too: compilers at run time map one twice, to write and to run. */
const ANONYMOUS =
  /^(?:\/\/anon|\[heap\]|\[stack\]|\[anon|\/memfd:|\/dev\/zero|\/SYSV|\/anon_hugepage|anon_inode:)/u;
