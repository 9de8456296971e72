import { closeSync } from "node:fs";
import { fileSource } from "./byte-source.ts";
import type { Counts } from "./counts.ts";
import { buildId, debugFilePaths } from "./elf-debug-file.ts";
import { addressOfOffset, type ElfFile, type ElfSegment, readElf } from "./elf-header.ts";
import {
  countSymbols,
  type FunctionTable,
  readFunctions,
  SHT_DYNSYM,
  SHT_SYMTAB,
} from "./elf-symbols.ts";
import type { MappedFile } from "./frame.ts";
import { openMappedFile, openRegular } from "./open-mapped-file.ts";

/** Bytes of symbols read of all files: a process can map as many files as it likes, of sizes it makes up. */
const MAX_SYMBOL_BYTES = 1 << 30;

/** The functions of a mapped file, by offset in it. */
export interface FileFunctions {
  find(offset: bigint): string | undefined;
}

/**
 * Reads the functions of a file that was mapped: from its own symbols, from those that were taken out of it into a file of
 * their own, or at least from those that it exports. Compressed symbols (`.gnu_debugdata`) are not read.
 *
 * @returns undefined when it could not be opened now; a file without symbols has functions that find nothing. Counted
 */
export function readFileFunctions(file: MappedFile, counts: Counts): FileFunctions | undefined {
  const fd = openMappedFile(file);
  if (typeof fd !== "number") return undefined;
  try {
    counts.files++;
    const elf = readElf(fileSource(fd));
    const table = isAffordable(elf, counts) ? bestTable(elf, file, counts) : undefined;
    if (table === undefined) counts.filesWithoutSymbols++;
    return byOffset(elf.segments, table);
  } catch {
    counts.filesCorrupt++;
    return { find: () => undefined };
  } finally {
    closeSync(fd);
  }
}

/**
 * Functions by offset in the file.
 *
 * @param segments of the file that was mapped: those of a file with the symbols alone lie about its contents
 */
export function byOffset(
  segments: readonly ElfSegment[],
  table: FunctionTable | undefined,
): FileFunctions {
  return {
    find(offset) {
      const address = addressOfOffset(segments, offset);
      return address === undefined ? undefined : table?.find(address);
    },
  };
}

/** Counts the bytes of a file's symbols, as long as those of all files are not too many. */
function isAffordable(elf: ElfFile, counts: Counts): boolean {
  const tables = elf.sections.filter(({ type }) => type === SHT_SYMTAB || type === SHT_DYNSYM);
  const bytes = tables
    .slice(0, 2)
    .reduce((sum, { size, link }) => sum + size + (elf.sections[link]?.size ?? 0), 0);
  if (counts.symbolBytes + bytes > MAX_SYMBOL_BYTES) {
    counts.note("the symbols of all files are too large: some were left out");
    return false;
  }
  counts.symbolBytes += bytes;
  return true;
}

function bestTable(elf: ElfFile, file: MappedFile, counts: Counts): FunctionTable | undefined {
  const own = readFunctions(elf, SHT_SYMTAB);
  // A table that has less than what is exported was thinned out.
  if (own !== undefined && own.size >= countSymbols(elf, SHT_DYNSYM)) return own;
  const exported = readFunctions(elf, SHT_DYNSYM);
  if (own !== undefined && own.size >= (exported?.size ?? 0)) return own;
  return separateTable(elf, file, counts) ?? exported ?? own;
}

function separateTable(elf: ElfFile, file: MappedFile, counts: Counts): FunctionTable | undefined {
  const id = buildId(elf);
  for (const path of debugFilePaths(file.path, elf)) {
    for (const place of [`/proc/${file.tgid}/root${path}`, path]) {
      const table = tableOfBuild(place, id, counts);
      if (table !== undefined) return table;
    }
  }
  return undefined;
}

/** Symbols of another file, when it is of the same build. */
function tableOfBuild(
  path: string,
  id: string | undefined,
  counts: Counts,
): FunctionTable | undefined {
  const fd = openRegular(path);
  if (fd === undefined) return undefined;
  try {
    const elf = readElf(fileSource(fd));
    // Without a build id there is only the name to go by; the same name of another build would give wrong names.
    if (id === undefined || buildId(elf) !== id) return undefined;
    return readFunctions(elf, SHT_SYMTAB);
  } catch {
    counts.filesCorrupt++;
    return undefined;
  } finally {
    closeSync(fd);
  }
}
