import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { memorySource } from "./byte-source.ts";
import { readElf } from "./elf-header.ts";
import { readFunctions, SHT_DYNSYM, SHT_SYMTAB } from "./elf-symbols.ts";
import { byOffset, type FileFunctions } from "./file-functions.ts";

/** The vdso is a few pages; a mapping larger than this is not one. */
const MAX_BYTES = 1 << 20;

/**
 * Functions of the vdso: the code that the kernel maps into every process. Read from our own memory, which holds the same
 * for every process of the same kernel and width.
 *
 * @returns undefined when there is none, or it cannot be read
 */
export function readVdsoFunctions(): FileFunctions | undefined {
  try {
    const elf = readElf(memorySource(readVdso()));
    const table = readFunctions(elf, SHT_SYMTAB) ?? readFunctions(elf, SHT_DYNSYM);
    return table && byOffset(elf.segments, table);
  } catch {
    return undefined;
  }
}

function readVdso(): Uint8Array {
  const maps = readFileSync("/proc/self/maps", "latin1");
  const [, from = "0", to = "0"] = /^([0-9a-f]+)-([0-9a-f]+) .*\[vdso\]$/mu.exec(maps) ?? [];
  const start = BigInt(`0x${from}`);
  const length = Number(BigInt(`0x${to}`) - start);
  if (length <= 0 || length > MAX_BYTES) throw new RangeError(`vdso of ${length} bytes`);
  const bytes = new Uint8Array(length);
  const fd = openSync("/proc/self/mem", "r");
  try {
    const got = readSync(fd, bytes, 0, length, start);
    return bytes.subarray(0, got);
  } finally {
    closeSync(fd);
  }
}
