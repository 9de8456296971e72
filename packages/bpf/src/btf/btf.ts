import { BtfError } from "./btf-error.ts";
import { TAIL } from "./type-kind.ts";

/** struct btf_header: magic, in the byte order of the kernel. */
const BTF_MAGIC = 0xeb9f;
/** Bytes of struct btf_header up to and with str_len. */
const HEADER_BYTES = 24;
/** Bytes of struct btf_type. */
const TYPE_BYTES = 12;
const NUL = 0;

/**
 * The kernel's description of its own types (BTF, Documentation/bpf/btf.rst), from /sys/kernel/btf/vmlinux.
 *
 * Only positions are indexed: a type is decoded when it is asked for. Type 0 is `void`; the others count from 1.
 */
export class Btf {
  readonly #data: Buffer;
  /** The same bytes as 32-bit words, in the machine's byte order. */
  readonly #words: Uint32Array;
  /** Index among the words of each type. */
  readonly #at: Uint32Array;
  readonly #stringsFrom: number;
  readonly #stringsTo: number;

  /**
   * Walks over all types once.
   *
   * @throws BtfError when the bytes are no BTF, are cut off, or have a kind of type that this does not know
   */
  constructor(bytes: Uint8Array) {
    // A copy where need be: words want an aligned start and whole words.
    this.#data = aligned(bytes);
    const { buffer, byteOffset, byteLength } = this.#data;
    this.#words = new Uint32Array(buffer, byteOffset, byteLength >> 2);
    const header = readHeader(this.#words, byteLength);
    this.#stringsFrom = header.stringsFrom;
    this.#stringsTo = header.stringsTo;
    this.#at = indexTypes(this.#words, header.typesFrom >> 2, header.typesTo >> 2);
  }

  /**
   * Has its memory given back soon; nothing may be asked of it any more. Its owners are old by now and would keep these 8 MB until
   * V8 looks through the whole heap, which on a quiet host may be never; those it is handed to are young, and gone at the next look
   * at these. The bytes that it was made of go, too.
   */
  letGo(): void {
    for (const { buffer } of [this.#data, this.#at]) {
      if (buffer instanceof ArrayBuffer) structuredClone(buffer, { transfer: [buffer] });
    }
  }

  /** How many types there are, `void` included. */
  get count(): number {
    return this.#at.length;
  }

  /** The kind of a type. @throws BtfError when there is no such type */
  kind(id: number): number {
    return (this.word(id, 1) >>> 24) & 0x1f;
  }

  /** How many parts a type has: members, parameters, values. */
  parts(id: number): number {
    return this.word(id, 1) & 0xffff;
  }

  /** Whether member offsets hold a bitfield's width in their upper 8 bits. */
  flag(id: number): boolean {
    return this.word(id, 1) >>> 31 === 1;
  }

  /** Bytes of a type that has a size, the type referred to for others. */
  sizeOrType(id: number): number {
    return this.word(id, 2);
  }

  /**
   * A 32-bit word of a type: name, info, size or type, then what follows by kind.
   *
   * @throws BtfError when there is no such type or word
   */
  word(id: number, index: number): number {
    const at = this.#at[id];
    if (at === undefined || id === 0) throw new BtfError(`there is no type ${id}`);
    const word = this.#words[at + index];
    if (word === undefined) throw new BtfError(`type ${id} is cut off`);
    return word;
  }

  /** The text at an offset into the strings. @throws BtfError when it is outside */
  text(offset: number): string {
    const from = this.#stringsFrom + offset;
    const to = from < this.#stringsTo ? this.#data.indexOf(NUL, from) : -1;
    if (to < 0 || to >= this.#stringsTo) throw new BtfError(`there is no string at ${offset}`);
    return this.#data.toString("latin1", from, to);
  }

  /** The first type of this kind and name; undefined when there is none. */
  find(kind: number, name: string): number | undefined {
    const offset = this.#offsetOf(name);
    if (offset === undefined) return undefined;
    for (let id = 1; id < this.#at.length; id++) {
      const at = this.#at[id] ?? 0;
      if (this.#words[at] !== offset) continue;
      if ((((this.#words[at + 1] ?? 0) >>> 24) & 0x1f) === kind) return id;
    }
    return undefined;
  }

  /** Where a name is among the strings. Each is there once: pahole and the kernel's build see to that. */
  #offsetOf(name: string): number | undefined {
    const at = this.#data.indexOf(`\0${name}\0`, this.#stringsFrom, "latin1");
    return at < 0 || at >= this.#stringsTo ? undefined : at + 1 - this.#stringsFrom;
  }
}

function aligned(bytes: Uint8Array): Buffer {
  if (bytes.byteOffset % 4 === 0) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  const copy = Buffer.from(new ArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}

interface Sections {
  readonly typesFrom: number;
  readonly typesTo: number;
  readonly stringsFrom: number;
  readonly stringsTo: number;
}

/** struct btf_header: u16 magic, u8 version, u8 flags, then u32 hdr_len, type_off, type_len, str_off, str_len. */
function readHeader(words: Uint32Array, bytes: number): Sections {
  if (bytes < HEADER_BYTES) throw new BtfError(`${bytes} bytes are too few for a header`);
  const [first = 0, headerBytes = 0, typeOff = 0, typeLen = 0, strOff = 0, strLen = 0] = words;
  const view = new DataView(Uint32Array.of(first).buffer);
  const little = view.getUint16(0, true) === BTF_MAGIC;
  if (!little && view.getUint16(0, false) !== BTF_MAGIC) throw new BtfError("the magic is missing");
  if (view.getUint8(2) !== 1) throw new BtfError(`version ${view.getUint8(2)} is not known`);
  const typesFrom = headerBytes + typeOff;
  const stringsFrom = headerBytes + strOff;
  const sections = {
    typesFrom,
    typesTo: typesFrom + typeLen,
    stringsFrom,
    stringsTo: stringsFrom + strLen,
  };
  if (headerBytes < HEADER_BYTES || typesFrom % 4 !== 0 || typeLen % 4 !== 0) {
    throw new BtfError("the header makes no sense");
  }
  if (sections.typesTo > bytes || sections.stringsTo > bytes) throw new BtfError("it is cut off");
  return sections;
}

function indexTypes(words: Uint32Array, from: number, to: number): Uint32Array {
  // No type is shorter than 3 words, so this is the most there can be.
  const index = new Uint32Array(Math.floor(((to - from) * 4) / TYPE_BYTES) + 1);
  let count = 1;
  for (let at = from; at < to; count++) {
    const info = words[at + 1] ?? 0;
    const tail = TAIL[(info >>> 24) & 0x1f];
    if (tail === undefined) {
      throw new BtfError(`type ${count} is of the unknown kind ${(info >>> 24) & 0x1f}`);
    }
    index[count] = at;
    at += (TYPE_BYTES + tail[0] + tail[1] * (info & 0xffff)) >> 2;
    if (at > to) throw new BtfError(`type ${count} is cut off`);
  }
  return index.subarray(0, count);
}
