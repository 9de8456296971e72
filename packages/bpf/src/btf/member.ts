import { BtfError } from "./btf-error.ts";
import type { Btf } from "./btf.ts";
import {
  BTF_KIND_ARRAY,
  BTF_KIND_CONST,
  BTF_KIND_ENUM,
  BTF_KIND_ENUM64,
  BTF_KIND_FLOAT,
  BTF_KIND_INT,
  BTF_KIND_PTR,
  BTF_KIND_RESTRICT,
  BTF_KIND_STRUCT,
  BTF_KIND_TYPEDEF,
  BTF_KIND_TYPE_TAG,
  BTF_KIND_UNION,
  BTF_KIND_VOLATILE,
} from "./type-kind.ts";

/** Longest chain of typedefs and qualifiers, deepest nest of unnamed structs; more is a loop. */
const DEPTH = 32;
/** Members looked at for one name, unnamed structs included; task_struct has some 270. */
const MEMBERS = 20_000;
const POINTER_BYTES = 8;

/** Where a member of a struct is. */
export interface Member {
  /** Bytes from the start of the struct; of a bitfield, those before the byte it begins in. */
  readonly offset: number;
  /** Bytes of the member; of a bitfield, of the type it was declared with. */
  readonly size: number;
  /** Its type. */
  readonly type: number;
  /** Bits into `offset`'s byte and width in bits; absent when it is no bitfield. */
  readonly bits?: { readonly offset: number; readonly width: number };
}

/**
 * Where a member is, by its path, such as `"task_struct.signal"` or `"signal_struct.live.counter"`. Members of unnamed structs
 * and unions count as the outer one's own, as in C. Pointers are not followed.
 *
 * @returns undefined when the struct or the member is not there
 * @throws BtfError when the types make no sense
 */
export function findMember(btf: Btf, path: string): Member | undefined {
  const [struct = "", ...names] = path.split(".");
  const id = btf.find(BTF_KIND_STRUCT, struct);
  if (id === undefined) return undefined;
  let found: Member = { offset: 0, size: btf.sizeOrType(id), type: id };
  for (const name of names) {
    const next = findNamed(btf, found.type, name, { left: MEMBERS }, DEPTH);
    if (next === undefined) return undefined;
    found = { ...next, offset: found.offset + next.offset };
  }
  return found;
}

/** What a name stands for, without typedefs and qualifiers. @throws BtfError on a loop */
export function underlying(btf: Btf, type: number): number {
  let id = type;
  for (let steps = 0; steps < DEPTH; steps++) {
    if (id === 0) return 0;
    switch (btf.kind(id)) {
      case BTF_KIND_TYPEDEF:
      case BTF_KIND_VOLATILE:
      case BTF_KIND_CONST:
      case BTF_KIND_RESTRICT:
      case BTF_KIND_TYPE_TAG:
        id = btf.sizeOrType(id);
        break;
      default:
        return id;
    }
  }
  throw new BtfError(`type ${type} never ends`);
}

/** Bytes of a type. @throws BtfError when it has none, or loops */
export function sizeOf(btf: Btf, type: number): number {
  let count = 1;
  let id = type;
  for (let steps = 0; steps < DEPTH; steps++) {
    id = underlying(btf, id);
    switch (id === 0 ? 0 : btf.kind(id)) {
      case BTF_KIND_INT:
      case BTF_KIND_STRUCT:
      case BTF_KIND_UNION:
      case BTF_KIND_ENUM:
      case BTF_KIND_ENUM64:
      case BTF_KIND_FLOAT:
        return count * btf.sizeOrType(id);
      case BTF_KIND_PTR:
        return count * POINTER_BYTES;
      case BTF_KIND_ARRAY:
        // struct btf_array: element type, index type, count.
        count *= btf.word(id, 5);
        id = btf.word(id, 3);
        break;
      default:
        throw new BtfError(`type ${type} has no size`);
    }
  }
  throw new BtfError(`type ${type} never ends`);
}

function findNamed(
  btf: Btf,
  type: number,
  name: string,
  budget: { left: number },
  depth: number,
): Member | undefined {
  const id = underlying(btf, type);
  if (id === 0 || !isComposite(btf.kind(id))) return undefined;
  if (depth === 0) throw new BtfError(`the members of type ${type} never end`);
  const count = btf.parts(id);
  for (let i = 0; i < count; i++) {
    if (--budget.left < 0) throw new BtfError(`the members of type ${type} never end`);
    // struct btf_member: name, type, offset in bits.
    const memberType = btf.word(id, 4 + i * 3);
    const memberName = btf.text(btf.word(id, 3 + i * 3));
    if (memberName === name) return place(btf, memberType, btf.word(id, 5 + i * 3), btf.flag(id));
    if (memberName !== "") continue;
    const inner = findNamed(btf, memberType, name, budget, depth - 1);
    if (inner === undefined) continue;
    const outer = (btf.word(id, 5 + i * 3) & (btf.flag(id) ? 0xff_ffff : 0xffff_ffff)) >>> 3;
    return { ...inner, offset: inner.offset + outer };
  }
  return undefined;
}

function place(btf: Btf, type: number, word: number, hasWidths: boolean): Member {
  const size = sizeOf(btf, type);
  const width = hasWidths ? word >>> 24 : 0;
  const at = hasWidths ? word & 0xff_ffff : word;
  const member = { offset: at >>> 3, size, type };
  return width === 0 ? member : { ...member, bits: { offset: at & 7, width } };
}

function isComposite(kind: number): boolean {
  return kind === BTF_KIND_STRUCT || kind === BTF_KIND_UNION;
}
