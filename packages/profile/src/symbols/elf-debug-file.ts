import { type ElfFile, type ElfSection, viewOf } from "./elf-header.ts";
import { textAt } from "./elf-symbols.ts";

// include/uapi/linux/elf.h
const SHT_NOTE = 7;
const NT_GNU_BUILD_ID = 3;

/** Bytes read of a section that says where to look: notes and links are small. */
const MAX_BYTES = 64 << 10;
/** Sections of notes that are looked through. */
const MAX_NOTES = 64;

/** Build id of a file, as hexadecimal digits; undefined when it has none. */
export function buildId(file: ElfFile): string | undefined {
  const notes = file.sections.filter(({ type, size }) => type === SHT_NOTE && size <= MAX_BYTES);
  for (const section of notes.slice(0, MAX_NOTES)) {
    const bytes = file.source.read(section.offset, section.size);
    const id = gnuBuildId(bytes, file.littleEndian);
    if (id !== undefined) return Buffer.from(id).toString("hex");
  }
  return undefined;
}

/** A note: sizes of name and content, type, name, content; both padded to four bytes. */
function gnuBuildId(bytes: Uint8Array, little: boolean): Uint8Array | undefined {
  const view = viewOf(bytes);
  for (let at = 0; at + 12 <= bytes.length;) {
    const nameSize = view.getUint32(at, little);
    const size = view.getUint32(at + 4, little);
    const content = at + 12 + ((nameSize + 3) & ~3);
    const isGnu = nameSize === 4 && textAt(bytes, at + 12) === "GNU";
    if (isGnu && view.getUint32(at + 8, little) === NT_GNU_BUILD_ID) {
      return size >= 2 && content + size <= bytes.length
        ? bytes.subarray(content, content + size)
        : undefined;
    }
    if (nameSize > bytes.length || size > bytes.length) return undefined;
    at = content + ((size + 3) & ~3);
  }
  return undefined;
}

/** Name of the file with the symbols that were taken out (objcopy --add-gnu-debuglink); undefined when not told. */
export function debugLink(file: ElfFile): string | undefined {
  const section = sectionNamed(file, ".gnu_debuglink");
  if (section === undefined || section.size > MAX_BYTES) return undefined;
  const name = textAt(file.source.read(section.offset, section.size), 0);
  // It is a name and not a path: the file says where others are looked for, it may not choose any.
  return name === "" || name.includes("/") || name === ".." ? undefined : name;
}

/** Places to look for the file with the symbols that were taken out, in the order that gdb(1) looks. */
export function debugFilePaths(path: string, file: ElfFile): string[] {
  const id = buildId(file);
  const link = debugLink(file);
  const folder = path.slice(0, path.lastIndexOf("/"));
  return [
    ...(id === undefined
      ? []
      : [`/usr/lib/debug/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`]),
    ...(link === undefined
      ? []
      : [
          ...(`${folder}/${link}` === path ? [] : [`${folder}/${link}`]),
          `${folder}/.debug/${link}`,
          `/usr/lib/debug${folder}/${link}`,
        ]),
  ];
}

function sectionNamed(file: ElfFile, name: string): ElfSection | undefined {
  const names = file.sections[file.sectionNames];
  if (names === undefined || names.size > 1 << 24) return undefined;
  const text = file.source.read(names.offset, names.size);
  return file.sections.find((section) => textAt(text, section.name) === name);
}
