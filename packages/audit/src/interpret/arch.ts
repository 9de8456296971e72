/** AUDIT_ARCH_… of include/uapi/linux/audit.h, and the name ausearch gives it. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0xc000003e, "x86_64"],
  [0x40000003, "i386"],
  [0xc00000b7, "aarch64"],
  [0x40000028, "arm"],
  [0x00000028, "armeb"],
  [0x800000b7, "aarch64_be"],
  [0xc00000f3, "riscv64"],
  [0x400000f3, "riscv32"],
  [0xc0000015, "ppc64le"],
  [0x80000015, "ppc64"],
  [0x00000014, "ppc"],
  [0x80000016, "s390x"],
  [0x00000016, "s390"],
  [0xc0000102, "loongarch64"],
  [0xc0000008, "mips64el"],
  [0x80000008, "mips64"],
  [0x40000008, "mipsel"],
  [0x00000008, "mips"],
]);

/** Name of an architecture such as `"x86_64"`; undefined when it is not known. */
export function archName(arch: number): string | undefined {
  return NAMES.get(arch);
}

/** Number of an architecture by that name. */
export function archNumber(name: string): number | undefined {
  for (const [number, known] of NAMES) if (known === name) return number;
  return undefined;
}
