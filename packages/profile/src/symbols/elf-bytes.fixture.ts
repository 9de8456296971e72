/** A symbol to put into a file made up. */
export interface SymbolToWrite {
  readonly name: string;
  readonly address: bigint;
  readonly size: bigint;
  /** Function 2 (default), none 0, object 1, indirect function 10. */
  readonly type?: number;
  /** Local 0, global 1 (default), weak 2. */
  readonly binding?: number;
  /** Index of its section (default 1, the text); 0 is undefined. */
  readonly section?: number;
}

/** Shape of a file made up: the text is at offset 0x1000, linked for `base` + 0x1000, 0x1000 bytes long. */
export interface ElfShape {
  readonly is64: boolean;
  readonly littleEndian: boolean;
  readonly base?: bigint;
  readonly machine?: number;
  readonly symbols: readonly SymbolToWrite[];
}

const TEXT = 0x1000;

/** An ELF file with a text and a full table of symbols, made up field by field. Sections: none, text, symbols, names. */
export function elfBytes(shape: ElfShape): Uint8Array {
  const { is64, littleEndian: little, symbols, base = 0n } = shape;
  const symbolSize = is64 ? 24 : 16;
  const names = Buffer.from(`\0${symbols.map(({ name }) => `${name}\0`).join("")}`, "utf8");
  const symbolsAt = TEXT * 2;
  const symbolBytes = symbolSize * (symbols.length + 1);
  const namesAt = symbolsAt + symbolBytes;
  const sectionsAt = namesAt + names.length;
  const sectionSize = is64 ? 64 : 40;
  const bytes = new Uint8Array(sectionsAt + 4 * sectionSize);
  const view = new DataView(bytes.buffer);
  const word = (at: number, value: bigint): void =>
    is64 ? view.setBigUint64(at, value, little) : view.setUint32(at, Number(value), little);
  const half = (at: number, value: number): void => view.setUint16(at, value, little);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, little ? 1 : 2, 1]);
  half(16, 3); // type: shared object
  half(18, shape.machine ?? 62); // machine: x86-64
  word(is64 ? 32 : 28, is64 ? 64n : 52n); // program headers
  word(is64 ? 40 : 32, BigInt(sectionsAt));
  const sizes = is64 ? [54, 56, 58, 60, 62] : [42, 44, 46, 48, 50];
  for (const [i, value] of [is64 ? 56 : 32, 1, sectionSize, 4, 0].entries())
    half(sizes[i] ?? 0, value);
  const segment = is64 ? 64 : 52;
  view.setUint32(segment, 1, little); // type: load
  view.setUint32(segment + (is64 ? 4 : 24), 5, little); // flags: read, execute
  word(segment + (is64 ? 8 : 4), BigInt(TEXT)); // offset
  word(segment + (is64 ? 16 : 8), base + BigInt(TEXT)); // address
  word(segment + (is64 ? 32 : 16), BigInt(TEXT)); // bytes in the file
  let nameAt = 1;
  for (const [i, symbol] of symbols.entries()) {
    const at = symbolsAt + (i + 1) * symbolSize;
    view.setUint32(at, nameAt, little);
    bytes[at + (is64 ? 4 : 12)] = ((symbol.binding ?? 1) << 4) | (symbol.type ?? 2);
    half(at + (is64 ? 6 : 14), symbol.section ?? 1);
    word(at + (is64 ? 8 : 4), symbol.address);
    word(at + (is64 ? 16 : 8), symbol.size);
    nameAt += Buffer.byteLength(symbol.name) + 1;
  }
  bytes.set(names, namesAt);
  const section = (
    i: number,
    type: number,
    flags: bigint,
    address: bigint,
    at: number,
    size: number,
    link: number,
  ): void => {
    const header = sectionsAt + i * sectionSize;
    view.setUint32(header + 4, type, little);
    word(header + 8, flags);
    word(header + (is64 ? 16 : 12), address);
    word(header + (is64 ? 24 : 16), BigInt(at));
    word(header + (is64 ? 32 : 20), BigInt(size));
    view.setUint32(header + (is64 ? 40 : 24), link, little);
    word(header + (is64 ? 56 : 36), type === 2 ? BigInt(symbolSize) : 0n);
  };
  section(1, 1, 6n, base + BigInt(TEXT), TEXT, TEXT, 0); // text: allocated, executable
  section(2, 2, 0n, 0n, symbolsAt, symbolBytes, 3); // symbols, names in section 3
  section(3, 3, 0n, 0n, namesAt, names.length, 0); // names
  return bytes;
}
