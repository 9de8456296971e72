import type { ByteSource } from "./byte-source.ts";

/** A part of the file that is mapped (program header of type PT_LOAD). */
export interface ElfSegment {
  /** Bytes from the start of the file. */
  readonly offset: bigint;
  /** Address it is linked for. */
  readonly address: bigint;
  /** Bytes in the file. */
  readonly fileSize: bigint;
  readonly executable: boolean;
}

/** A section header; fields as elf(5) names them, without their prefix. */
export interface ElfSection {
  /** Offset of its name in the section of names. */
  readonly name: number;
  readonly type: number;
  readonly flags: bigint;
  readonly address: bigint;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly entrySize: number;
}

/** What an ELF file says of itself, without its contents. */
export interface ElfFile {
  readonly is64: boolean;
  readonly littleEndian: boolean;
  /** e_machine. */
  readonly machine: number;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  /** Index of the section that holds the names of sections, 0 when there is none. */
  readonly sectionNames: number;
  readonly source: ByteSource;
}

// include/uapi/linux/elf.h
const PT_LOAD = 1;
/** Segment may be executed. */
const PF_X = 1;
/** Program headers are counted in the first section header's sh_info. */
const PN_XNUM = 0xffff;
/** The index of the section of names is in the first section header's sh_link. */
const SHN_XINDEX = 0xffff;

/** Headers that are read of one file; a linker of large programs makes some ten thousand sections. */
const MAX_HEADERS = 1 << 18;
/** Segments that are mapped; linkers make four to ten, and every look-up passes through them. */
const MAX_LOADED = 1024;

/**
 * Reads the headers of an ELF file of either width and byte order. Contents are left where they are.
 *
 * @throws RangeError when it is no ELF file, or one that is cut off or lies about its size
 */
export function readElf(source: ByteSource): ElfFile {
  const ident = source.read(0, 16);
  const isElf = ident[0] === 0x7f && ident[1] === 0x45 && ident[2] === 0x4c && ident[3] === 0x46;
  if (!isElf) throw new RangeError("not an ELF file: no magic number");
  const [width, order] = [ident[4], ident[5]];
  if (width !== 1 && width !== 2) throw new RangeError(`ELF class is ${width}, not 1 or 2`);
  if (order !== 1 && order !== 2) throw new RangeError(`ELF byte order is ${order}, not 1 or 2`);
  const is64 = width === 2;
  const littleEndian = order === 1;
  const header = viewOf(source.read(0, is64 ? 64 : 52));
  const word = (at32: number, at64: number): bigint =>
    is64 ? header.getBigUint64(at64, littleEndian) : BigInt(header.getUint32(at32, littleEndian));
  const half = (at32: number, at64: number): number =>
    header.getUint16(is64 ? at64 : at32, littleEndian);
  const file = { is64, littleEndian, machine: half(18, 18), source };
  const sections = readSections(file, Number(word(32, 40)), half(46, 58), half(48, 60));
  const first = sections.headers[0];
  const segmentCount = half(44, 56) === PN_XNUM ? sections.info0 : half(44, 56);
  const nameIndex = half(50, 62) === SHN_XINDEX ? (first?.link ?? 0) : half(50, 62);
  return {
    ...file,
    segments: readSegments(file, Number(word(28, 32)), half(42, 54), segmentCount),
    sections: sections.headers,
    sectionNames: nameIndex,
  };
}

/** Address that an offset in the file is linked for, or undefined when that offset is not mapped. */
export function addressOfOffset(
  segments: readonly ElfSegment[],
  offset: bigint,
): bigint | undefined {
  // A mapping starts at a page: text that begins within a page has bytes before it mapped as well.
  const within = ({ offset: from, fileSize }: ElfSegment): boolean =>
    offset >= from && offset < from + fileSize;
  const segment =
    segments.find((segment) => segment.executable && within(segment)) ?? segments.find(within);
  return segment && offset - segment.offset + segment.address;
}

type Shape = Pick<ElfFile, "is64" | "littleEndian" | "source">;

function readSegments(file: Shape, offset: number, size: number, count: number): ElfSegment[] {
  const { is64, littleEndian: little } = file;
  if (count === 0) return [];
  if (size < (is64 ? 56 : 32)) throw new RangeError(`ELF program header is ${size} bytes long`);
  const view = viewOf(file.source.read(offset, size * within(count)));
  const loaded = Array.from({ length: count }, (_, i) => i * size).filter(
    (at) => view.getUint32(at, little) === PT_LOAD,
  );
  if (loaded.length > MAX_LOADED) throw new RangeError(`ELF file of ${loaded.length} segments`);
  return loaded.map((at) =>
    is64
      ? {
          offset: view.getBigUint64(at + 8, little),
          address: view.getBigUint64(at + 16, little),
          fileSize: view.getBigUint64(at + 32, little),
          executable: (view.getUint32(at + 4, little) & PF_X) !== 0,
        }
      : {
          offset: BigInt(view.getUint32(at + 4, little)),
          address: BigInt(view.getUint32(at + 8, little)),
          fileSize: BigInt(view.getUint32(at + 16, little)),
          executable: (view.getUint32(at + 24, little) & PF_X) !== 0,
        },
  );
}

interface Sections {
  readonly headers: readonly ElfSection[];
  /** sh_info of the first header: the number of program headers, where those are too many for the file's header. */
  readonly info0: number;
}

function readSections(file: Shape, offset: number, size: number, counted: number): Sections {
  const { is64, littleEndian: little, source } = file;
  if (offset === 0) return { headers: [], info0: 0 };
  if (size < (is64 ? 64 : 40)) throw new RangeError(`ELF section header is ${size} bytes long`);
  const first = viewOf(source.read(offset, size));
  const info0 = first.getUint32(is64 ? 44 : 28, little);
  // More than 65,279 sections are counted in the first one's size.
  const count = counted === 0 ? wide(first, is64, little, 20, 32) : counted;
  const view = viewOf(source.read(offset, size * within(count)));
  const headers = Array.from({ length: count }, (_, i) => {
    const at = i * size;
    const number = (at32: number, at64: number): number =>
      wide(view, is64, little, at + at32, at + at64);
    return {
      name: view.getUint32(at, little),
      type: view.getUint32(at + 4, little),
      flags: BigInt(number(8, 8)),
      address: is64 ? view.getBigUint64(at + 16, little) : BigInt(view.getUint32(at + 12, little)),
      offset: number(16, 24),
      size: number(20, 32),
      link: view.getUint32(at + (is64 ? 40 : 24), little),
      entrySize: number(36, 56),
    };
  });
  return { headers, info0 };
}

/** A word of the file's width; above 2^53 it is no offset of any file and no address, and too large it stays. */
export function wide(
  view: DataView,
  is64: boolean,
  little: boolean,
  at32: number,
  at64: number,
): number {
  if (!is64) return view.getUint32(at32, little);
  // Two halves: a bigint for each of 100,000 symbols costs more than all else.
  const first = view.getUint32(at64, little);
  const second = view.getUint32(at64 + 4, little);
  return little ? second * 2 ** 32 + first : first * 2 ** 32 + second;
}

function within(count: number): number {
  if (count <= MAX_HEADERS) return count;
  throw new RangeError(`ELF file says that it has ${count} headers`);
}

/** A view of bytes that may be part of a larger buffer. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
