/** Where the members of a struct are, by the kernel's own description (BTF, Documentation/bpf/btf.rst). */
export interface BtfStruct {
  /** Bytes of the whole. */
  readonly size: number;
  /** Bytes from the start, by the member's name. */
  readonly offsets: ReadonlyMap<string, number>;
}

const BTF_KIND_STRUCT = 4;
/** Bytes behind each btf_type, by kind: fixed, and for each of its members. */
const BEHIND: Readonly<Record<number, readonly [fixed: number, each: number]>> = {
  1: [4, 0], // INT
  3: [12, 0], // ARRAY
  4: [0, 12], // STRUCT
  5: [0, 12], // UNION
  6: [0, 8], // ENUM
  13: [0, 8], // FUNC_PROTO
  14: [4, 0], // VAR
  15: [0, 12], // DATASEC
  17: [4, 0], // DECL_TAG
  19: [0, 12], // ENUM64
};

/** Finds a struct by name. @throws Error when the kernel has none of that name */
export function btfOffsets(btf: Buffer, name: string): BtfStruct {
  const header = btf.readUInt32LE(4);
  const types = header + btf.readUInt32LE(8);
  const end = types + btf.readUInt32LE(12);
  const strings = header + btf.readUInt32LE(16);
  const text = (offset: number): string => {
    const start = strings + offset;
    return btf.toString("latin1", start, btf.indexOf(0, start));
  };
  for (let at = types; at < end;) {
    const info = btf.readUInt32LE(at + 4);
    const members = info & 0xffff;
    const kind = (info >>> 24) & 0x1f;
    if (kind === BTF_KIND_STRUCT && text(btf.readUInt32LE(at)) === name) {
      const flagged = info >>> 31 === 1;
      const offsets = new Map<string, number>();
      for (let i = 0; i < members; i++) {
        const member = at + 12 + i * 12;
        const bits = btf.readUInt32LE(member + 8);
        offsets.set(text(btf.readUInt32LE(member)), (flagged ? bits & 0xff_ffff : bits) / 8);
      }
      return { size: btf.readUInt32LE(at + 8), offsets };
    }
    const [fixed, each] = BEHIND[kind] ?? [0, 0];
    at += 12 + fixed + each * members;
  }
  throw new Error(`the kernel has no struct ${name}`);
}
