/** The ABIs of a machine, as AUDIT_ARCH_… numbers (include/uapi/linux/audit.h). */
export interface HostArches {
  /** What auditctl calls `b64`. */
  readonly b64: number;
  /** What auditctl calls `b32`; absent where there is no ABI of 32 bits. */
  readonly b32?: number;
}

const HOSTS: Readonly<Record<string, HostArches>> = {
  // x86_64, i386. The third ABI, x32, has the first one's architecture and numbers that no rule can hold.
  x64: { b64: 0xc000_003e, b32: 0x4000_0003 },
  // aarch64, arm
  arm64: { b64: 0xc000_00b7, b32: 0x4000_0028 },
  riscv64: { b64: 0xc000_00f3 },
  loong64: { b64: 0xc000_0102 },
  // s390x, s390
  s390x: { b64: 0x8000_0016, b32: 0x0000_0016 },
  // ppc64le
  ppc64: { b64: 0xc000_0015 },
};

/** The ABIs of the machine that Node.js was built for. @throws RangeError on one of which this is not known */
export function hostArches(arch: string = process.arch): HostArches {
  const found = HOSTS[arch];
  if (found !== undefined) return found;
  const known = Object.keys(HOSTS).join(", ");
  throw new RangeError(`No architecture of audit is known for ${arch}; known: ${known}`);
}
